package dev.signalbox.delivery.sms;

/** What became of one request. The difference between the last two is what makes a repeat safe or not. */
sealed interface Exchange {

    record Answered(ProviderAnswer answer) implements Exchange {}

    /** The provider cannot have read the whole request, and so cannot have acted on it. */
    record NotWritten(String reason) implements Exchange {}

    /** The whole request was written, and no whole answer came back. */
    record NoAnswer(String reason) implements Exchange {}
}
