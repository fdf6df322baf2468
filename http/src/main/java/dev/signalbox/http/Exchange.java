package dev.signalbox.http;

/** What became of one request. The difference between the last two is what makes a repeat safe or not. */
public sealed interface Exchange {

    /** The server answered: its status and headers are known, and its body as far as {@link HttpAnswer#whole()} says. */
    record Answered(HttpAnswer answer) implements Exchange {}

    /** The server cannot have read the whole request, and so cannot have acted on it. */
    record NotWritten(String reason) implements Exchange {}

    /** The request was written, or may have been, and no answer came: the server may have acted on it. */
    record NoAnswer(String reason) implements Exchange {}
}
