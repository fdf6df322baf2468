package dev.signalbox.llm;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Where a model is and who may use it. Keys are not in {@code toString}, and no message repeats one.
 *
 * <p>A URL is http or https, without user, query and fragment; a key is 1 to 4,096 visible ASCII characters. Otherwise the
 * constructor throws {@link IllegalArgumentException}, which names the field.
 */
public sealed interface LlmEndpoint {

    /** The provider's name for the model. */
    String modelId();

    /** How long one attempt may take unless {@link LlmModel#withAttemptTimeout} says otherwise. */
    default Optional<Duration> attemptTimeout() {
        return Optional.empty();
    }

    /**
     * OpenAI, or a server that speaks like it.
     *
     * @param url up to and without {@code /chat/completions}
     * @param key sent as a bearer token
     * @param organization sent as {@code OpenAI-Organization}
     * @param reasoning for models that take {@code max_completion_tokens} in place of {@code max_tokens}, and no temperature
     */
    record OpenAi(URI url, Optional<String> key, Optional<String> organization, String modelId, boolean reasoning)
            implements LlmEndpoint {
        /** Checks it. */
        public OpenAi {
            EndpointChecks.url(url);
            key.ifPresent(value -> EndpointChecks.key("key", value));
            organization.ifPresent(value -> EndpointChecks.key("organization", value));
        }

        private static final URI USUAL = URI.create("https://api.openai.com/v1");

        /** OpenAI itself. */
        public static OpenAi of(String key, String modelId) {
            return new OpenAi(USUAL, Optional.of(key), Optional.empty(), modelId, false);
        }

        /** A server that speaks like OpenAI. */
        public static OpenAi compatible(URI url, Optional<String> key, String modelId) {
            return new OpenAi(url, key, Optional.empty(), modelId, false);
        }

        @Override
        public String toString() {
            return "OpenAi[" + url + ", " + modelId + "]";
        }
    }

    /**
     * Azure OpenAI.
     *
     * @param url of the resource, such as {@code https://NAME.openai.azure.com}
     * @param login a key or a token
     * @param reasoning as with {@link OpenAi}
     */
    record Azure(URI url, Login login, String deployment, String apiVersion, boolean reasoning) implements LlmEndpoint {
        /** What is asked for where nothing else is said. */
        public static final String API_VERSION = "2024-08-01-preview";

        /** Checks it. */
        public Azure {
            EndpointChecks.url(url);
        }

        /** How Azure knows the caller. */
        public sealed interface Login {
            /** The resource's key, sent as {@code api-key}. */
            record Key(String value) implements Login {
                /** Checks it. */
                public Key {
                    EndpointChecks.key("key", value);
                }

                @Override
                public String toString() {
                    return "Key[***]";
                }
            }

            /** A token of Azure AD, asked for before each attempt: {@link AzureLogin} keeps it until it expires. */
            record Token(Supplier<String> source) implements Login {
                @Override
                public String toString() {
                    return "Token[***]";
                }
            }
        }

        public static Azure withKey(URI url, String key, String deployment) {
            return new Azure(url, new Login.Key(key), deployment, API_VERSION, false);
        }

        public static Azure withToken(URI url, Supplier<String> token, String deployment) {
            return new Azure(url, new Login.Token(token), deployment, API_VERSION, false);
        }

        @Override
        public String modelId() {
            return deployment;
        }
    }

    /**
     * Ollama, by its own API, so that the size of the context is honoured.
     *
     * @param url such as {@code http://127.0.0.1:11434}
     * @param key sent as a bearer token, for an Ollama behind a gateway
     * @param contextTokens its {@code num_ctx}
     */
    record Ollama(URI url, Optional<String> key, String modelId, OptionalInt contextTokens) implements LlmEndpoint {
        /** The model that is asked for where nothing else is said. */
        public static final String MODEL = "llama3.1:8b";

        /** Checks it. */
        public Ollama {
            EndpointChecks.url(url);
            key.ifPresent(value -> EndpointChecks.key("key", value));
        }

        public static Ollama at(URI url) {
            return new Ollama(url, Optional.empty(), MODEL, OptionalInt.empty());
        }

        /** 2 minutes: a model that must be loaded first takes its time. */
        @Override
        public Optional<Duration> attemptTimeout() {
            return Optional.of(Duration.ofMinutes(2));
        }

        @Override
        public String toString() {
            return "Ollama[" + url + ", " + modelId + "]";
        }
    }
}
