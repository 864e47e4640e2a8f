import { startRecorder, notFound, type Answer, type Recorder } from './recorder';

type Job = Record<string, unknown>;

const moved = { status: 302, headers: { location: '/' } };

/** A Jenkins with a crumb issuer: jobs can be created, configured, built, stopped and deleted. */
export function startJenkins(): Promise<Recorder> {
    const jobs = new Map<string, Job>();

    return startRecorder('jenkins', ({ method, path, query }) => {
        if (path === '/crumbIssuer/api/json') {
            return {
                headers: { 'set-cookie': ['JSESSIONID=1; Path=/'] },
                body: {
                    _class: 'hudson.security.csrf.DefaultCrumbIssuer',
                    crumbRequestField: 'Jenkins-Crumb',
                    crumb: 'crumb-1'
                }
            };
        }
        if (path === '/createItem') {
            jobs.set(query.name!, {});

            return {};
        }
        if (path.startsWith('/queue/item/')) return moved;
        const [, , name = '', ...rest] = path.split('/');
        const job = jobs.get(name);

        return job ? onJob(name, job, method, rest.join('/')) : notFound;
    });

    function onJob(name: string, job: Job, method: string, action: string): Answer {
        switch (action) {
            case 'api/json':
                return { body: method === 'HEAD' ? '' : { name, inQueue: false, queueItem: null, ...job } };
            case 'config.xml':
                return {};
            case 'buildWithParameters':
                job.lastBuild = { number: 1 };

                return { status: 201, headers: { location: '/queue/item/7/' } };
            case '1/stop':
                job.lastCompletedBuild = { number: 1 };

                return moved;
            case 'doDelete':
                jobs.delete(name);

                return moved;
            default:
                return notFound;
        }
    }
}
