package dev.signalbox.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureTextTest {
    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IllegalArgumentException("a blank name"), "a blank name"),
                Arguments.of(new IllegalArgumentException(), "no reason was given (IllegalArgumentException)"),
                Arguments.of(new IOException(" "), "no reason was given (IOException)"),
                Arguments.of(new ClosedChannelException(), "no reason was given (ClosedChannelException)"),
                Arguments.of(new NoSuchFileException("a.csv"), "there is no file a.csv"),
                Arguments.of(new FileSystemException("a.csv", null, "no space left"), "a.csv: no space left"),
                Arguments.of(new FileSystemException("a.csv"), "a.csv"),
                Arguments.of(new UnresolvedAddressException(), "there is no such host"),
                Arguments.of(new ConnectException(), "connection refused"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void itSaysWhyInWords(Throwable failure, String words) {
        assertThat(FailureText.of(failure)).isEqualTo(words);
    }

    /** Java names such an exception after the class of its cause. */
    @ParameterizedTest
    @MethodSource("failures")
    void whatOnlyCarriesACauseSpeaksWithItsCausesWords(Throwable failure, String words) {
        assertThat(FailureText.of(new CompletionException(failure))).isEqualTo(words);
        assertThat(FailureText.of(new RuntimeException(null, failure))).isEqualTo(words);
    }

    @Test
    void wordsOfItsOwnAreKept() {
        var failure = new UncheckedIOException("the simulator cannot listen on port 80", new IOException("denied"));

        assertThat(FailureText.of(failure)).isEqualTo("the simulator cannot listen on port 80");
        assertThat(FailureText.of(null)).isEqualTo("the reason is unknown");
    }
}
