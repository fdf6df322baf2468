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
 *   <li>{@code Call} goes from model to model and from attempt to attempt, with {@code Backoff}, the {@code CircuitBreaker} of the
 *       module http, {@code CallBudget} on {@code Budgets}, and {@code Timing} for a clock that tests can set.
 *   <li>{@code Attempt} is one of them, limited by {@code AttemptTimeouts}; {@code StreamNotifier} calls the listener.
 *   <li>{@code ProviderModels} are LangChain4j's models, which know each provider's JSON.
 *   <li>{@code Transport} carries their requests; {@code StreamSubscriber} and {@code EventParser} read what comes,
 *       {@code ToolCallAssembler} and {@code RawAnswer} what LangChain4j leaves out; {@code Exchange} takes it to the attempt.
 *   <li>{@code Failures} says what went wrong, and {@code Secrets} keeps keys out of it.
 * </ol>
 *
 * <p>By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link LlmClient}, {@link LlmRequest}, {@link LlmParameters}, {@link LlmResponse}, {@link LlmUsage},
 *           {@link LlmStream}, {@link LlmStreamListener}</td></tr>
 *   <tr><td>which models are asked</td>
 *       <td>{@link LlmModel}, {@link LlmEndpoint}, {@link AzureLogin}, {@link LlmHttp}, {@link LlmPrice};
 *           EndpointChecks</td></tr>
 *   <tr><td>retries, failures, and what listeners are told</td>
 *       <td>{@link LlmOptions}, {@link LlmException}, {@link LlmAttempt}, {@link LlmListener}</td></tr>
 *   <tr><td>budgets, and what adapters implement to share them</td>
 *       <td>{@link LlmBudgets}, {@link LlmBudget}, {@link LlmBudgetStore}, {@link JdbcBudgetStore}</td></tr>
 *   <tr><td>the engine</td>
 *       <td>Call, Backoff, Timing, Attempt, AttemptTimeouts, StreamNotifier</td></tr>
 *   <tr><td>its budgets</td>
 *       <td>CallBudget, Estimate, Budgets, MemoryBudgetStore, BudgetRows</td></tr>
 *   <tr><td>its way to the providers</td>
 *       <td>ProviderModels, Transport, Exchange, StreamSubscriber, EventParser, StreamFormat, ToolCallAssembler,
 *           RawAnswer</td></tr>
 *   <tr><td>its failures</td>
 *       <td>Failures, RefusedException, UnreadableException, Secrets</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.llm;

import org.jspecify.annotations.NullMarked;
