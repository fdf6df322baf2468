package dev.signalbox.llm;

import dev.signalbox.http.CircuitBreaker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks language models, whole or streamed, with one engine for retries, fallback, circuits and budgets over all of them.
 * Thread-safe; it holds no resource that needs closing, so one for the process is enough.
 *
 * <pre>{@code
 * var client = LlmClient.builder()
 *         .model(LlmModel.of("fast", LlmEndpoint.OpenAi.of(key, "gpt-4o-mini")).withFallbacks("local"))
 *         .model(LlmModel.of("local", LlmEndpoint.Ollama.at(URI.create("http://127.0.0.1:11434"))))
 *         .build();
 * String text = client.generate(LlmRequest.of("Why is the sky blue?")).text();
 * }</pre>
 *
 * <p>A model is asked, and asked again while its failure may pass; then the next one of the route is. A stream of which
 * anything was heard is never tried again, unless the request {@linkplain LlmRequest#restartable() allows} it.
 */
public final class LlmClient {
    private static final Logger LOG = LoggerFactory.getLogger(LlmClient.class);

    private final Map<String, LlmModel> models;
    private final Map<String, CircuitBreaker> breakers = new HashMap<>();
    private final LlmOptions options;
    private final LlmListener listener;
    private final Timing timing;
    private final Budgets budgets;
    private final Failures failures;

    private LlmClient(Builder builder) {
        models = new LinkedHashMap<>(builder.models);
        options = builder.options;
        listener = builder.listener;
        timing = builder.timing;
        LlmBudgetStore store = builder.budgetStore.orElseGet(() -> MemoryBudgetStore.of(builder.budgets));
        budgets = new Budgets(builder.budgets, store, timing.clock());
        failures = new Failures(timing.clock());
        models.keySet().forEach(name -> breakers.put(name, breaker(name)));
    }

    private CircuitBreaker breaker(String name) {
        return new CircuitBreaker(
                new CircuitBreaker.Limits(options.circuitFailures(), options.circuitOpen(), options.circuitOpen()),
                timing.nanos(),
                open -> tell(it -> it.circuit(name, open)));
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * Asks, and waits for the whole answer. An interrupt ends it with {@link LlmException.Cancelled} and stays set.
     *
     * @throws LlmException of the last attempt
     */
    public LlmResponse generate(LlmRequest request) {
        return new Call(this, request, Optional.empty()).run();
    }

    /** Asks, and tells the listener piece by piece. Returns at once. */
    public LlmStream stream(LlmRequest request, LlmStreamListener heard) {
        return start(new Call(this, request, Optional.of(new StreamNotifier(heard))));
    }

    /**
     * Asks, and returns at once. Completes with the whole answer or an {@link LlmException}. To cancel the future cancels the
     * call, and cuts its connection.
     */
    public CompletableFuture<LlmResponse> generateAsync(LlmRequest request) {
        var call = start(new Call(this, request, Optional.empty()));
        var answer = new CompletableFuture<LlmResponse>() {
            @Override
            public boolean cancel(boolean mayInterrupt) {
                boolean won = super.cancel(mayInterrupt);
                call.cancel();
                return won;
            }
        };
        call.result().whenComplete((response, failure) -> {
            if (failure == null) {
                answer.complete(response);
            } else {
                answer.completeExceptionally(failure);
            }
        });
        return answer;
    }

    private static Call start(Call call) {
        Thread.ofVirtual().name("llm-call").start(call::runToResult);
        return call;
    }

    /** The names of its models; the first is asked where a request names none. */
    public Set<String> models() {
        return Set.copyOf(models.keySet());
    }

    /** The models of a request in order. */
    List<LlmModel> route(LlmRequest request) {
        List<String> names = request.models();
        if (names.size() > 1) {
            return names.stream().map(this::model).toList();
        }
        LlmModel first = names.isEmpty() ? models.values().iterator().next() : model(names.getFirst());
        var route = new ArrayList<>(List.of(first));
        first.fallbacks().forEach(name -> route.add(model(name)));
        return route;
    }

    private LlmModel model(String name) {
        LlmModel found = models.get(name);
        if (found == null) {
            throw new LlmException.BadRequest(
                    "there is no model '" + name + "'; there are " + String.join(", ", models.keySet()), false, null);
        }
        return found;
    }

    CircuitBreaker breakerOf(LlmModel model) {
        CircuitBreaker breaker = breakers.get(model.name());
        if (breaker == null) {
            throw new IllegalArgumentException("not a model of this client: " + model);
        }
        return breaker;
    }

    LlmOptions options() {
        return options;
    }

    Timing timing() {
        return timing;
    }

    Budgets budgets() {
        return budgets;
    }

    Failures failures() {
        return failures;
    }

    void tell(Consumer<LlmListener> news) {
        try {
            news.accept(listener);
        } catch (RuntimeException | Error e) {
            LOG.warn("the listener {} failed", listener.getClass().getName(), e);
        }
    }

    /** Puts a client together. Not thread-safe. */
    public static final class Builder {
        private final Map<String, LlmModel> models = new LinkedHashMap<>();
        private LlmOptions options = LlmOptions.DEFAULT;
        private LlmBudgets budgets = LlmBudgets.NONE;
        private Optional<LlmBudgetStore> budgetStore = Optional.empty();
        private LlmListener listener = LlmListener.NONE;
        private Timing timing = Timing.real();

        private Builder() {}

        /**
         * Adds a model. The first one is asked where a request names none.
         *
         * @throws IllegalArgumentException if there is one of this name
         */
        public Builder model(LlmModel model) {
            if (models.putIfAbsent(model.name(), model) != null) {
                throw new IllegalArgumentException("there are two models named '" + model.name() + "'");
            }
            return this;
        }

        public Builder options(LlmOptions value) {
            options = value;
            return this;
        }

        public Builder budgets(LlmBudgets value) {
            budgets = value;
            return this;
        }

        /** Where it is kept what has been used of the budgets; by default in the memory of this client. */
        public Builder budgetStore(LlmBudgetStore value) {
            budgetStore = Optional.of(value);
            return this;
        }

        public Builder listener(LlmListener value) {
            listener = value;
            return this;
        }

        Builder timing(Timing value) {
            timing = value;
            return this;
        }

        /**
         * Puts it together.
         *
         * @throws IllegalArgumentException if there is no model, or a fallback names none
         */
        public LlmClient build() {
            if (models.isEmpty()) {
                throw new IllegalArgumentException("there is no model; add at least one");
            }
            models.values().forEach(this::checkFallbacks);
            return new LlmClient(this);
        }

        private void checkFallbacks(LlmModel model) {
            for (String name : model.fallbacks()) {
                if (!models.containsKey(name) || name.equals(model.name())) {
                    throw new IllegalArgumentException("model '" + model.name() + "' falls back to '" + name
                            + "', which is not another of the models " + String.join(", ", models.keySet()));
                }
            }
        }
    }
}
