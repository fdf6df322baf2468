package dev.signalbox.router;

import java.time.Duration;

/** Runs a handler so that whatever it does stays its own affair. Thread-safe if the handler is. */
final class LogicInvoker {
    private final Logic.Handler handler;
    private final Logic.Context context;
    private final Requests requests;
    private final RouterListener listener;

    LogicInvoker(Logic.Handler handler, Logic.Context context, Requests requests, RouterListener listener) {
        this.handler = handler;
        this.context = context;
        this.requests = requests;
        this.listener = listener;
    }

    Address.Logic self() {
        return context.self();
    }

    /** Throws nothing, whatever the handler throws: errors included, for one logic's broken assertion is not another's. */
    void invoke(Message message) {
        long start = System.nanoTime();
        try {
            handler.handle(message, context);
            listener.handled(self().name(), message, Duration.ofNanos(System.nanoTime() - start));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(message, e);
        } catch (Throwable e) {
            failed(message, e);
        }
    }

    private void failed(Message message, Throwable failure) {
        listener.logicFailed(self().name(), failure);
        tellRequester(
                message,
                RouteError.to(
                        self(),
                        ErrorCode.LOGIC_FAILED,
                        "logic " + self().name() + " failed; the server's log has the reason"));
    }

    /** For a message that was taken over and will not be handled after all. */
    void dropped(Message message) {
        RouteError error = RouteError.to(self(), ErrorCode.CLOSING, "logic " + self().name() + " was stopped");
        listener.failed(message, error);
        tellRequester(message, error);
    }

    private void tellRequester(Message message, RouteError error) {
        if (message.intent() instanceof Intent.Ask) {
            requests.fail(message.id(), error);
        }
    }
}
