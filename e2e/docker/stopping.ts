/** An executor in a separate process, to be killed: `node -r tsx/cjs stopping.ts OPTIONS CONFIG` stops a build and says so. */
import DockerExecutor = require('../../examples/docker-executor/lib/executor');

const [options, config] = process.argv.slice(2).map(text => JSON.parse(text));

new DockerExecutor(options).stop(config).then(
    () => console.log('answered'),
    error => {
        console.error(error);
        process.exit(1);
    }
);
