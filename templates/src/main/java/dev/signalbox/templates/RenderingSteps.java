package dev.signalbox.templates;

/**
 * What a rendering may still do, for all that it calls on its thread. The engine counts nothing by itself, so each value that is made
 * and each pass of a loop takes its steps here first. Steps rather than time: a template that works on a quiet machine also works on
 * a busy one.
 */
final class RenderingSteps {
    /** Some tenths of a second on one processor. */
    static final long MOST = 1_000_000;

    private static final ScopedValue<RenderingSteps> CURRENT = ScopedValue.newInstance();

    /** What a pass of a loop can do grows with the text of the template. */
    private static final int CHARACTERS_A_PASS = 64;

    private static final int CHARACTERS_A_VALUE = 1_024;

    private final long perPass;
    private long taken;

    private RenderingSteps(int templateLength) {
        perPass = 1L + templateLength / CHARACTERS_A_PASS;
    }

    /** Runs a rendering of a template of this length. */
    static void counted(int templateLength, Runnable rendering) {
        ScopedValue.where(CURRENT, new RenderingSteps(templateLength)).run(rendering);
    }

    /**
     * Before a pass of a loop.
     *
     * @throws TemplateException if the rendering on this thread has taken too many steps
     */
    static void pass() {
        RenderingSteps steps = CURRENT.get();
        steps.take(steps.perPass);
    }

    /**
     * Before something is made of a value.
     *
     * @param size its characters or elements
     * @throws TemplateException if the rendering on this thread has taken too many steps
     */
    static void value(int size) {
        CURRENT.get().take(1L + size / CHARACTERS_A_VALUE);
    }

    private void take(long steps) {
        taken += steps;
        if (taken > MOST) {
            throw new TemplateException("it takes more than " + MOST + " steps; shorten its loops");
        }
    }
}
