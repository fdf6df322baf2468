package dev.signalbox.observatory;

import java.time.Duration;

/**
 * Told what happens to records. Called from the library's own threads, {@link #dropped} also from a caller's; must return
 * quickly and not log through the same observatory. What it throws is logged once and otherwise ignored.
 */
public interface ObservatoryListener {
    /** Does nothing. */
    ObservatoryListener NONE = new ObservatoryListener() {};

    /** A destination took a batch; {@code bytes} as sent, {@code took} from the request to the answer. */
    default void shipped(int records, int bytes, Duration took) {}

    /** A batch did not get through and will be tried again; {@code why} holds no secrets. */
    default void failed(String why) {}

    /** Records were written to the spool. */
    default void spooled(int records) {}

    /** The spool could not take records: the disk is full, or the spool's bound is reached. They stay in memory. */
    default void spoolFailed(String why) {}

    /** Records were refused for good and are among the dead letters. */
    default void deadLettered(int records, String why) {}

    /** Records are gone. */
    default void dropped(DropReason reason, int records) {}
}
