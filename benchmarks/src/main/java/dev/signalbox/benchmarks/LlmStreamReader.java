package dev.signalbox.benchmarks;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.signalbox.llm.LlmClient;
import dev.signalbox.llm.LlmEndpoint;
import dev.signalbox.llm.LlmException;
import dev.signalbox.llm.LlmModel;
import dev.signalbox.llm.LlmRequest;
import dev.signalbox.llm.LlmResponse;
import dev.signalbox.llm.LlmStreamListener;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Reads one streamed answer, each client with its defaults, and puts its pieces together. */
record LlmStreamReader(String system, Reading reading) {

    /** Asks, reads to the end, and returns the text and the number of its pieces. */
    @FunctionalInterface
    interface Reading {
        Answer read(String question) throws Exception;
    }

    /** A whole answer. */
    record Answer(String text, long pieces) {}

    /** Gathers pieces; one thread at a time. */
    private static final class Pieces {
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<Answer> end = new CompletableFuture<>();
        private long count;

        void add(String piece) {
            text.append(piece);
            count++;
        }

        void end() {
            end.complete(new Answer(text.toString(), count));
        }
    }

    static LlmStreamReader signalbox(String url) {
        LlmClient client = LlmClient.builder()
                .model(LlmModel.of("m", LlmEndpoint.OpenAi.compatible(URI.create(url), Optional.of("key"), "gpt")))
                .build();
        return new LlmStreamReader(LlmBenchmark.SYSTEM, question -> {
            var pieces = new Pieces();
            client.stream(LlmRequest.of(question), new LlmStreamListener() {
                @Override
                public void onText(String piece) {
                    pieces.add(piece);
                }

                @Override
                public void onDone(LlmResponse response) {
                    pieces.end();
                }

                @Override
                public void onError(LlmException error) {
                    pieces.end.completeExceptionally(error);
                }
            });
            return pieces.end.get();
        });
    }

    static LlmStreamReader langChain4j(String url) {
        StreamingChatModel model = OpenAiStreamingChatModel.builder()
                .baseUrl(url)
                .apiKey("key")
                .modelName("gpt")
                .build();
        return new LlmStreamReader("langchain4j", question -> {
            var pieces = new Pieces();
            model.chat(question, new StreamingChatResponseHandler() {
                @Override
                public void onPartialResponse(String piece) {
                    pieces.add(piece);
                }

                @Override
                public void onCompleteResponse(ChatResponse response) {
                    pieces.end();
                }

                @Override
                public void onError(Throwable error) {
                    pieces.end.completeExceptionally(error);
                }
            });
            return pieces.end.get();
        });
    }

    static LlmStreamReader openAi(String url) {
        OpenAIClient client =
                OpenAIOkHttpClient.builder().baseUrl(url).apiKey("key").build();
        return new LlmStreamReader("openai-java", question -> {
            var pieces = new Pieces();
            var params = ChatCompletionCreateParams.builder()
                    .model("gpt")
                    .addUserMessage(question)
                    .streamOptions(ChatCompletionStreamOptions.builder()
                            .includeUsage(true)
                            .build())
                    .build();
            try (var stream = client.chat().completions().createStreaming(params)) {
                stream.stream()
                        .flatMap(chunk -> chunk.choices().stream())
                        .flatMap(choice -> choice.delta().content().stream())
                        .filter(piece -> !piece.isEmpty())
                        .forEach(pieces::add);
            }
            pieces.end();
            return pieces.end.get();
        });
    }
}
