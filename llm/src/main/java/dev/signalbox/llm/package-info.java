/**
 * One client for OpenAI, Azure OpenAI, Ollama and what LangChain4j has besides.
 *
 * <p>What a user needs is public and begins with {@code Llm}: {@link dev.signalbox.llm.LlmClient} asks,
 * {@link dev.signalbox.llm.LlmModel} and {@link dev.signalbox.llm.LlmEndpoint} say whom, {@link dev.signalbox.llm.LlmRequest} what,
 * {@link dev.signalbox.llm.LlmOptions} how patiently, {@link dev.signalbox.llm.LlmBudgets} for how much.
 *
 * <p>The rest is inside, in the order in which a question meets it:
 *
 * <ol>
 *   <li>{@code Call} goes from model to model and from attempt to attempt, with {@code Backoff}, {@code CircuitBreaker},
 *       {@code CallBudget} on {@code Budgets}, and {@code Timing} for a clock that tests can set.
 *   <li>{@code Attempt} is one of them, limited by {@code AttemptTimeouts}; {@code StreamNotifier} calls the listener.
 *   <li>{@code ProviderModels} are LangChain4j's models, which know each provider's JSON.
 *   <li>{@code Transport} carries their requests; {@code StreamSubscriber} and {@code EventParser} read what comes,
 *       {@code ToolCallAssembler} and {@code RawAnswer} what LangChain4j leaves out; {@code Exchange} takes it to the attempt.
 *   <li>{@code Failures} says what went wrong, and {@code Secrets} keeps keys out of it.
 * </ol>
 */
@NullMarked
package dev.signalbox.llm;

import org.jspecify.annotations.NullMarked;
