package dev.signalbox.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class VisibleTest {

    @Test
    void nothingReachesATerminalThatItWouldObey() {
        var sink = new StringWriter();
        var out = Visible.writer(sink);
        out.println("a\u001b[2Jb\u009bc\u202ed\u2066e\u0007f\u2028g\rh");
        out.print('\u001b');
        out.flush();
        assertThat(sink.toString()).isEqualTo("a\\u001b[2Jb\\u009bc\\u202ed\\u2066e\\u0007f\\u2028g\\u000dh\n\\u001b");
    }

    @Test
    void textIsShownAsItIs() {
        var sink = new StringWriter();
        Visible.writer(sink).println("Grüße 👩‍🚒\tשלום\n日本");
        assertThat(sink.toString()).isEqualTo("Grüße 👩‍🚒\tשלום\n日本\n");
    }

    @Test
    void jsonStaysTheSameString() {
        var sink = new StringWriter();
        var value = RestClient.JSON.createObjectNode().put("body", "a\u202eb\u009bc\u001bd");
        Visible.writer(sink).println(value);
        assertThat(sink.toString()).doesNotContain("\u202e", "\u009b");
        assertThat(RestClient.JSON.readTree(sink.toString())).isEqualTo(value);
    }

    @Test
    void aLineIsOneLineAndABlockKeepsItsMargin() {
        assertThat(Visible.line("a\nb\r\u001bc")).isEqualTo("a b \\u001bc");
        assertThat(Visible.block("hello\nstate SENT", 3)).isEqualTo("hello\n   state SENT");
    }
}
