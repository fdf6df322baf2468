package dev.signalbox.router;

/** Where a subscriber begins. */
public sealed interface TopicStart {

    /** With what is published next. */
    record Now() implements TopicStart {}

    /** With the oldest that is kept. */
    record Oldest() implements TopicStart {}

    /** With the one after {@code position}; what is no longer kept of those after it is told as a gap. */
    record After(Position position) implements TopicStart {}
}
