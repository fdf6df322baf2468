package dev.signalbox.testing.simulator;

import dev.signalbox.testing.simulator.Behaviour.Fault;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** One connection to the simulated mail server, served by its own thread. Replies wait in a buffer while commands are there. */
final class SmtpSimulatorConversation {
    private static final int LONGEST_LINE = 64 * 1024;
    private static final int MOST_RECIPIENTS = 1_000;
    private static final Duration IDLE = Duration.ofMinutes(5);

    private final SmtpSimulator simulator;
    private final SmtpSimulatorOptions options;
    private final SmtpSimulatorMailbox mailbox;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private boolean secure;
    private @Nullable String from;
    private final List<String> recipients = new ArrayList<>();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private boolean tooLarge;

    SmtpSimulatorConversation(
            SmtpSimulator simulator, SmtpSimulatorOptions options, SmtpSimulatorMailbox mailbox, Socket socket)
            throws IOException {
        this.simulator = simulator;
        this.options = options;
        this.mailbox = mailbox;
        this.socket = socket;
        in = new BufferedInputStream(socket.getInputStream());
        out = new BufferedOutputStream(socket.getOutputStream());
        socket.setSoTimeout((int) IDLE.toMillis());
        socket.setTcpNoDelay(true);
    }

    void run() throws IOException, InterruptedException {
        say("220 signalbox simulator ESMTP (nothing is sent to anyone)");
        String line = line();
        while (!line.equalsIgnoreCase("QUIT")) {
            answer(line);
            line = line();
        }
        say("221 2.0.0 bye");
        out.flush();
    }

    private void answer(String line) throws IOException, InterruptedException {
        switch (verb(line)) {
            case "EHLO" -> ehlo();
            case "HELO", "NOOP", "VRFY" -> say("250 2.0.0 ok");
            case "MAIL" -> mail(line);
            case "RCPT" -> recipient(line);
            case "DATA" -> data();
            case "BDAT" -> chunk(line);
            case "RSET" -> reset("250 2.0.0 ok");
            case "AUTH" -> authenticate(line);
            case "STARTTLS" -> starttls();
            default -> say("500 5.5.2 unknown command");
        }
    }

    private static String verb(String line) {
        int end = line.indexOf(' ');
        return (end < 0 ? line : line.substring(0, end)).toUpperCase(Locale.ROOT);
    }

    private void ehlo() throws IOException {
        var lines =
                new ArrayList<String>(List.of("signalbox simulator", "PIPELINING", "8BITMIME", "SMTPUTF8", "CHUNKING"));
        lines.addAll(List.of("ENHANCEDSTATUSCODES", "SIZE " + options.largest(), "AUTH PLAIN LOGIN XOAUTH2"));
        if (options.tls().isPresent() && !secure) {
            lines.add("STARTTLS");
        }
        reset("250-" + String.join("\r\n250-", lines.subList(0, lines.size() - 1)) + "\r\n250 " + lines.getLast());
    }

    private void mail(String line) throws IOException {
        reset(null);
        from = address(line).orElse(null);
        say(from == null ? "501 5.5.4 expected MAIL FROM:<address>" : "250 2.1.0 ok");
    }

    private void recipient(String line) throws IOException {
        String address = address(line).orElse("");
        if (from == null || address.isEmpty()) {
            say(from == null ? "503 5.5.1 MAIL first" : "501 5.5.4 expected RCPT TO:<address>");
        } else if (simulator.behaviour().refused().contains(address)) {
            mailbox.refused();
            say("550 5.1.1 <" + address + "> is refused, as this simulator was told");
        } else if (recipients.size() >= MOST_RECIPIENTS) {
            say("452 4.5.3 too many recipients");
        } else {
            recipients.add(address);
            say("250 2.1.5 ok");
        }
    }

    private static Optional<String> address(String line) {
        int begin = line.indexOf('<');
        int end = line.indexOf('>', begin);
        return begin < 0 || end < 0 ? Optional.empty() : Optional.of(line.substring(begin + 1, end));
    }

    private void data() throws IOException, InterruptedException {
        if (recipients.isEmpty()) {
            say("503 5.5.1 no recipients");
            return;
        }
        say("354 end with a dot");
        boolean ended = false;
        while (!ended) {
            byte[] line = bytes();
            ended = line.length == 1 && line[0] == '.';
            if (!ended) {
                int from = line.length > 0 && line[0] == '.' ? 1 : 0;
                keep(line, from, line.length - from);
                keep(new byte[] {'\r', '\n'}, 0, 2);
            }
        }
        accept();
    }

    private void chunk(String line) throws IOException, InterruptedException {
        String[] words = line.split(" +", -1);
        if (words.length < 2 || !words[1].matches("[0-9]{1,9}")) {
            say("501 5.5.4 expected BDAT size");
            return;
        }
        int left = Integer.parseInt(words[1]);
        byte[] piece = new byte[16 * 1024];
        while (left > 0) {
            int n = in.readNBytes(piece, 0, Math.min(left, piece.length));
            if (n == 0) {
                throw new EOFException("within a chunk");
            }
            keep(piece, 0, n);
            left -= n;
        }
        if (recipients.isEmpty()) {
            reset("503 5.5.1 no recipients");
        } else if (words.length > 2) {
            accept();
        } else {
            say("250 2.0.0 chunk taken");
        }
    }

    private void keep(byte[] bytes, int begin, int length) {
        tooLarge |= content.size() + length > options.largest();
        if (!tooLarge) {
            content.write(bytes, begin, length);
        }
    }

    private void accept() throws IOException, InterruptedException {
        var draw = simulator.draw();
        out.flush();
        Thread.sleep(draw.latency());
        var fault = draw.fault();
        fault.ifPresent(met -> mailbox.faulted());
        if (tooLarge) {
            reset("552 5.3.4 larger than " + options.largest() + " bytes");
        } else if (fault.filter(met -> met == Fault.SERVER_ERROR || met == Fault.TOO_MANY)
                .isPresent()) {
            reset(
                    fault.get() == Fault.SERVER_ERROR
                            ? "451 4.3.0 simulated error"
                            : "452 4.3.1 simulated lack of space");
        } else {
            mailbox.accept(String.valueOf(from), recipients, content.toByteArray());
            answerAccepted(fault);
        }
    }

    private void answerAccepted(Optional<Fault> fault) throws IOException, InterruptedException {
        switch (fault.orElse(null)) {
            case HANG -> hang();
            case CUT -> throw new EOFException("cut, as this simulator was told");
            case RUBBISH -> reset("???");
            case null, default ->
                reset("250 2.0.0 accepted as " + mailbox.stats().accepted());
        }
    }

    /** Until the client goes, or the simulator is closed. */
    private void hang() throws IOException {
        socket.setSoTimeout(0);
        while (in.read() >= 0) {
            // What comes is ignored.
        }
        throw new EOFException("the client gave up");
    }

    private void authenticate(String line) throws IOException {
        String[] words = line.split(" +", -1);
        if (words.length == 2) {
            say("334 VXNlcm5hbWU6");
            line();
            if (words[1].equalsIgnoreCase("LOGIN")) {
                say("334 UGFzc3dvcmQ6");
                line();
            }
        }
        say("235 2.7.0 anyone may");
    }

    private void starttls() throws IOException {
        if (options.tls().isEmpty() || secure) {
            say("502 5.5.1 not offered");
            return;
        }
        say("220 2.0.0 go on");
        out.flush();
        var layered = (SSLSocket) options.tls().get().getSocketFactory().createSocket(socket, null, true);
        layered.setUseClientMode(false);
        layered.startHandshake();
        socket = layered;
        in = new BufferedInputStream(layered.getInputStream());
        out = new BufferedOutputStream(layered.getOutputStream());
        secure = true;
        reset(null);
    }

    private void reset(@Nullable String reply) throws IOException {
        from = null;
        recipients.clear();
        content.reset();
        tooLarge = false;
        if (reply != null) {
            say(reply);
        }
    }

    private void say(String reply) throws IOException {
        out.write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private byte[] bytes() throws IOException {
        var line = new ByteArrayOutputStream(128);
        for (int c = next(); c != '\n'; c = next()) {
            if (line.size() >= LONGEST_LINE) {
                throw new IOException("a line of more than " + LONGEST_LINE + " bytes");
            }
            line.write(c);
        }
        byte[] bytes = line.toByteArray();
        int length = bytes.length > 0 && bytes[bytes.length - 1] == '\r' ? bytes.length - 1 : bytes.length;
        return Arrays.copyOf(bytes, length);
    }

    private int next() throws IOException {
        if (in.available() == 0) {
            out.flush();
        }
        int c = in.read();
        if (c < 0) {
            throw new EOFException("the client has gone");
        }
        return c;
    }
}
