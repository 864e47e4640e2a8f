/** A task as DescribeTasks shows it: times are seconds. */
export interface AwsTask {
    taskArn: string;
    taskDefinitionArn: string;
    desiredStatus: 'RUNNING' | 'STOPPED';
    lastStatus: string;
    createdAt: number;
    startedAt?: number;
    stopCode?: string;
    stoppedReason?: string;
    startedBy?: string;
    tags?: object[];
    containers: {
        taskArn?: string;
        name: string;
        image: string;
        lastStatus: string;
        exitCode?: number;
        reason?: string;
    }[];
}

export interface AwsDefinition {
    taskDefinitionArn: string;
    family: string;
    revision: number;
    status: string;
    registeredAt: number;
    containerDefinitions: { name: string; image: string; essential: boolean; stopTimeout?: number; secrets?: any[] }[];
    [key: string]: any;
}

/** What a new task does: run, wait, or end like this. */
export type Course = 'runs' | 'waits' | Partial<AwsTask>;

/** What the account contains, and how tasks behave. */
export class AwsState {
    definitions = new Map<string, AwsDefinition>();
    tasks = new Map<string, AwsTask>();
    parameters = new Map<string, string>();
    /** The tasks of client tokens, with the requests that made them. */
    clientTokens = new Map<string, { request: string; task: string }>();
    /** The token that the container of each build got. */
    secrets = new Map<string, string | undefined>();
    /** What tasks do that are run from now on. */
    course: Course = 'runs';
    /** Milliseconds of each step of a task, and between StopTask and its end. */
    step = 3;
    ending = 10;
    /** Milliseconds before DescribeTasks and ListTasks know a new task: they are eventually consistent. */
    hidden = 0;
    /** The bucket that Register and Deregister share. Without it nothing is throttled. */
    quota: { left: number; burst: number; rate: number; at: number } | undefined;
    #timers = new Set<NodeJS.Timeout>();

    /** The tasks of a build that have not ended. */
    running(family: string) {
        return [...this.tasks.values()].filter(
            task => task.taskDefinitionArn.includes(`/${family}:`) && task.lastStatus !== 'STOPPED'
        );
    }

    /** Everything but the tasks that have ended, which ECS removes itself. */
    left() {
        const active = [...this.definitions.values()].filter(({ status }) => status !== 'DELETE_IN_PROGRESS');

        return {
            tasks: [...this.tasks.values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED').length,
            definitions: active.map(({ taskDefinitionArn }) => taskDefinitionArn.replace(/^.*\//, '')),
            parameters: [...this.parameters.keys()]
        };
    }

    isKnown({ createdAt }: AwsTask) {
        return Date.now() - createdAt * 1000 >= this.hidden;
    }

    later(milliseconds: number, work: () => void) {
        const timer = setTimeout(() => {
            this.#timers.delete(timer);
            work();
        }, milliseconds);

        this.#timers.add(timer);
    }

    /** PROVISIONING, PENDING, RUNNING. The container reads its secrets when it starts. Without them the task ends. */
    begin(task: AwsTask, definition: AwsDefinition) {
        const { course } = this;

        if (course === 'waits') return;
        this.later(this.step, () => {
            if (task.desiredStatus === 'STOPPED') return;
            task.lastStatus = 'PENDING';
            this.later(this.step, () => {
                if (task.desiredStatus === 'STOPPED') return;
                const build = definition.containerDefinitions.find(({ name }) => name === 'build');
                const token = this.parameters.get(build?.secrets?.[0]?.valueFrom);

                this.secrets.set(definition.family, token);
                if (course !== 'runs') return this.end(task, course);
                if (token === undefined) {
                    return this.end(task, {
                        stopCode: 'TaskFailedToStart',
                        stoppedReason:
                            'ResourceInitializationError: unable to pull secrets or registry auth: execution resource ' +
                            'retrieval failed: unable to retrieve secrets from ssm: invalid parameters'
                    });
                }
                task.lastStatus = 'RUNNING';
                task.startedAt = Date.now() / 1000;
                for (const container of task.containers) {
                    Object.assign(
                        container,
                        container.name === 'job-tools'
                            ? { lastStatus: 'STOPPED', exitCode: 0 }
                            : { lastStatus: 'RUNNING' }
                    );
                }
            });
        });
    }

    /** A task that ends loses its tags. */
    end(task: AwsTask, how: Partial<AwsTask>) {
        const containers = how.containers ?? task.containers;

        Object.assign(task, how, { desiredStatus: 'STOPPED', lastStatus: 'STOPPED', tags: [] });
        task.containers = containers.map(container => ({ ...container, lastStatus: 'STOPPED' }));
    }

    close() {
        for (const timer of this.#timers) clearTimeout(timer);
    }
}
