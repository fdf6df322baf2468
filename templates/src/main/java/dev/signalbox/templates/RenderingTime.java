package dev.signalbox.templates;

import java.time.Duration;

/**
 * The time that a rendering has, for all that it calls on its thread. The engine looks at neither a clock nor interrupts, so what
 * could take long, a pass of a loop or the making of a value, asks here first.
 */
final class RenderingTime {
    private static final ScopedValue<RenderingTime> CURRENT = ScopedValue.newInstance();

    private final long end;
    private final Duration most;

    private RenderingTime(Duration most) {
        this.most = most;
        this.end = System.nanoTime() + most.toNanos();
    }

    /** Runs something that {@link #check} ends with an exception once the time is over. */
    static void limited(Duration most, Runnable rendering) {
        ScopedValue.where(CURRENT, new RenderingTime(most)).run(rendering);
    }

    /** @throws TemplateException if the time of the rendering on this thread is over */
    static void check() {
        RenderingTime time = CURRENT.get();
        if (System.nanoTime() - time.end > 0) {
            throw new TemplateException("it takes longer than " + time.most.toMillis() + " ms; shorten its loops");
        }
    }
}
