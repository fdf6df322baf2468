package dev.signalbox.client;

/** Where a subscription begins. */
public sealed interface TopicStart {

    /** With the next message. */
    record Now() implements TopicStart {}

    /** With the oldest that the topic keeps. */
    record Oldest() implements TopicStart {}

    /** With the one after a place. */
    record After(Position position) implements TopicStart {}
}
