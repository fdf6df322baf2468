package dev.signalbox.router;

/** One virtual thread that the flow of messages never touches. */
final class PassiveRunner implements LogicRunner {
    private final Logic.Background background;
    private final Logic.Context context;
    private final RouterListener listener;
    private final Thread thread;
    private volatile boolean stopped;

    PassiveRunner(Logic.Background background, Logic.Context context, RouterListener listener) {
        this.background = background;
        this.context = context;
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("logic-" + context.self().name()).unstarted(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            background.run(context);
        } catch (InterruptedException e) {
            if (!stopped) {
                listener.logicFailed(context.self().name(), e);
            }
        } catch (Throwable e) {
            listener.logicFailed(context.self().name(), e);
        }
    }

    @Override
    public RouteError offer(Message message) {
        return RouteError.passive(context.self());
    }

    /** Nothing: it has no end of its own to wait for. */
    @Override
    public int pending() {
        return 0;
    }

    @Override
    public void stop() {
        stopped = true;
        thread.interrupt();
    }
}
