package dev.signalbox.llm;

/** How the events of a stream are marked off. */
enum StreamFormat {
    /** Server-sent events: OpenAI and its like. */
    SSE,
    /** A JSON document a line: Ollama. */
    NDJSON
}
