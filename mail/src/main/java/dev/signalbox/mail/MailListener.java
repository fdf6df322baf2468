package dev.signalbox.mail;

import java.time.Duration;

/** Hears what becomes of messages, for metrics. Called on the sending thread; must not block. */
public interface MailListener {
    MailListener NONE = new MailListener() {};

    /** At least one recipient was accepted. */
    default void sent(String sender, MailResult result, Duration took) {}

    /** No recipient was accepted. */
    default void failed(String sender, MailException why, Duration took) {}
}
