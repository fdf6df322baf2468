package dev.signalbox.llm;

/** How a stream is cut into events. */
enum Framing {
    /** Server-sent events: OpenAI and its like. */
    EVENTS,
    /** A JSON document a line: Ollama. */
    LINES
}
