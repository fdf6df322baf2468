package dev.signalbox.router;

/** What middleware decided about a message. */
public sealed interface Verdict {

    /** It goes on. */
    Verdict ACCEPTED = new Accepted();

    /** See {@link #ACCEPTED}. */
    record Accepted() implements Verdict {}

    /** It goes nowhere, and its sender is told {@code reason}. */
    record Rejected(String reason) implements Verdict {}
}
