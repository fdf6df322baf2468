/** One client for OpenAI, Azure OpenAI, Ollama and what LangChain4j has besides. */
@NullMarked
package dev.signalbox.llm;

import org.jspecify.annotations.NullMarked;
