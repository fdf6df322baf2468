package dev.signalbox.exec;

import java.nio.ByteBuffer;

/** Takes what a process writes. One thread at a time calls it. */
interface Sink {
    /** Nobody reads: for a process that has the outputs of this one. */
    Sink NONE = bytes -> true;

    /** Takes all of {@code bytes}. False asks for a pause; until it comes, more may still be given. */
    boolean take(ByteBuffer bytes);

    /** Tells what to call when a pause can end. Called once, before the first {@link #take}. */
    default void onResume(Runnable resume) {}
}
