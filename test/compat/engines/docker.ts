import { startRecorder, notFound, type Answer, type Recorder } from './recorder';

type Container = Record<string, any>;

/** A Docker Engine: images can be pulled, and containers created, started, listed by label and removed. */
export function startDockerEngine(): Promise<Recorder> {
    const containers = new Map<string, Container>();

    return startRecorder('docker', ({ method, path, query, body }) => {
        const [, collection, id = '', action] = path.split('/');

        switch (`${method} ${collection}`) {
            case 'GET _ping':
                return { type: 'text/plain', body: 'OK' };
            case 'POST images':
                return { body: `${JSON.stringify({ status: `Pulled ${query.fromImage}:${query.tag}` })}\n` };
            case 'POST containers':
                return id === 'create' ? create(query.name, body) : changeState(id, action);
            case 'GET containers':
                return id === 'json' ? { body: list(query) } : inspect(id);
            case 'DELETE containers':
                return { status: containers.delete(id) ? 204 : 404 };
            default:
                return notFound;
        }
    });

    function create(name: string | undefined, body: Container): Answer {
        const id = `${containers.size + 1}`.padStart(64, '0');

        if ([...containers.values()].some(container => container.Names.includes(`/${name}`))) {
            return { status: 409, body: { message: `The container name "/${name}" is already in use` } };
        }
        containers.set(id, { Id: id, Names: [`/${name}`], State: 'created', ...body });

        return { status: 201, body: { Id: id, Warnings: [] } };
    }

    function changeState(id: string, action: string | undefined): Answer {
        const container = containers.get(id);

        if (!container) return notFound;
        container.State = action === 'start' ? 'running' : 'exited';

        return { status: 204 };
    }

    function inspect(id: string): Answer {
        return containers.has(id) ? { body: containers.get(id) } : notFound;
    }

    function list({ filters = '{}' }: Record<string, string>): Container[] {
        const { label = [] }: { label?: string[] } = JSON.parse(filters);
        const wanted = label.map(pair => pair.split('='));

        return [...containers.values()].filter(({ Labels = {} }) =>
            wanted.every(([key, value]) => Labels[key!] === value)
        );
    }
}
