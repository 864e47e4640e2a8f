import { tracingChannel } from 'node:diagnostics_channel';
import type { OperationMessage } from 'screwdriver-executor-base';

export interface Heard {
    event: string;
    message: OperationMessage;
    /** A copy of the message at the time of the event. */
    then: Record<string, unknown>;
}

/** The messages of an operation's channel during the work. */
export async function listen(operation: string, work: () => unknown): Promise<Heard[]> {
    const heard: Heard[] = [];
    const channel = tracingChannel<unknown, OperationMessage>(`screwdriver-executor.${operation}`);
    const hear = (event: string) => (message: unknown) => {
        const told = message as OperationMessage;

        heard.push({ event, message: told, then: { ...told } });
    };
    const subscribers = {
        start: hear('start'),
        end: hear('end'),
        asyncStart: hear('asyncStart'),
        asyncEnd: hear('asyncEnd'),
        error: hear('error')
    };

    channel.subscribe(subscribers);
    try {
        await work();
    } catch {
        // Only the messages matter here, not the results.
    } finally {
        channel.unsubscribe(subscribers);
    }

    return heard;
}
