package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StreamNotifierTest {

    @Test
    void aListenerThatFailedAtAPieceGetsNoFurtherOne() {
        var heard = new RecordingListener() {
            @Override
            public void onText(String piece) {
                super.onText(piece);
                throw new IllegalStateException("no more room");
            }
        };
        var notifier = new StreamNotifier(heard);
        var attempt = new Attempt(
                LlmModel.of("m", LlmEndpoint.Ollama.at(URI.create("http://127.0.0.1:1"))),
                LlmAttempt.Kind.FIRST,
                ChatRequest.builder().messages(UserMessage.from("hi")).build(),
                Optional.of(notifier),
                System::nanoTime);
        notifier.attach(attempt);

        assertThatThrownBy(() -> notifier.text(attempt, "a")).hasMessage("no more room");
        notifier.text(attempt, "b");

        assertThat(heard.pieces).containsExactly("a");
    }
}
