'use strict';

const { startRecorder, notFound } = require('./recorder');

/** A Docker Engine: images can be pulled; containers created, started, listed by label and removed. */
function startDockerEngine() {
    const containers = new Map();

    return startRecorder('docker', ({ method, path, query, body }) => {
        const [, collection, id, action] = path.split('/');

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

    function create(name, body) {
        const id = `${containers.size + 1}`.padStart(64, '0');

        if ([...containers.values()].some(container => container.Names.includes(`/${name}`))) {
            return { status: 409, body: { message: `The container name "/${name}" is already in use` } };
        }
        containers.set(id, { Id: id, Names: [`/${name}`], State: 'created', ...body });

        return { status: 201, body: { Id: id, Warnings: [] } };
    }

    function changeState(id, action) {
        if (!containers.has(id)) return notFound;
        containers.get(id).State = action === 'start' ? 'running' : 'exited';

        return { status: 204 };
    }

    function inspect(id) {
        return containers.has(id) ? { body: containers.get(id) } : notFound;
    }

    function list({ filters = '{}' }) {
        const { label = [] } = JSON.parse(filters);
        const wanted = label.map(pair => pair.split('='));

        return [...containers.values()].filter(({ Labels = {} }) =>
            wanted.every(([key, value]) => Labels[key] === value)
        );
    }
}

module.exports = { startDockerEngine };
