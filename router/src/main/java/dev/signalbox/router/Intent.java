package dev.signalbox.router;

import java.time.Instant;
import java.util.UUID;

/** What the sender of a message expects in return. The router sets it, according to the way a message was sent. */
public sealed interface Intent {

    /** Nothing: most messages. */
    Intent TELL = new Tell();

    /** See {@link #TELL}. */
    record Tell() implements Intent {}

    /** A {@link Reply}, before {@code deadline}. */
    record Ask(Instant deadline) implements Intent {}

    /** The answer to the message whose id is {@code request}. */
    record Reply(UUID request) implements Intent {}

    /** That the client acknowledges it before {@code until}; it may therefore arrive more than once, with the same id. */
    record Confirm(Instant until) implements Intent {}
}
