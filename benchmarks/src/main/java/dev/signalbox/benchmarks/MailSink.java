package dev.signalbox.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that takes mail from anybody for anybody, and keeps nothing. It offers PIPELINING, 8BITMIME, SIZE and CHUNKING, and says what
 * it has to say once there is nothing more to read, so that commands that were sent ahead cost one round trip. It does what it is told on
 * its standard input: {@code count}, {@code reset}, {@code delay MILLISECONDS} (before it says something, as a network would need).
 */
final class MailSink {
    private static final int BUFFER = 64 * 1024;

    private final AtomicLong taken = new AtomicLong();
    private volatile long delay;

    static void main(String[] arguments) throws IOException {
        var sink = new MailSink();
        var listener = new ServerSocket(0, 2_000, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().start(() -> sink.accept(listener));
        System.out.println(listener.getLocalPort());
        var orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            System.out.println(sink.obey(order));
        }
        System.exit(0);
    }

    private String obey(String order) {
        switch (order) {
            case "reset" -> taken.set(0);
            case "count" -> {
                return Long.toString(taken.get());
            }
            default -> delay = Long.parseLong(order.substring("delay ".length()));
        }
        return order;
    }

    private void accept(ServerSocket listener) {
        while (true) {
            try {
                Socket socket = listener.accept();
                Thread.startVirtualThread(() -> serve(socket));
            } catch (IOException e) {
                throw new IllegalStateException("the sink accepts no connections any more", e);
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new Conversation(socket).run();
        } catch (IOException gone) {
            // Clients that keep connections close them in the middle of nothing.
            return;
        }
    }

    private final class Conversation {
        private final BufferedInputStream in;
        private final BufferedOutputStream out;

        Conversation(Socket socket) throws IOException {
            in = new BufferedInputStream(socket.getInputStream(), BUFFER);
            out = new BufferedOutputStream(socket.getOutputStream());
        }

        void run() throws IOException {
            say("220 sink");
            String line = line();
            while (!line.startsWith("QUIT")) {
                answer(line);
                line = line();
            }
            say("221 bye");
            flush();
        }

        private void answer(String line) throws IOException {
            if (line.startsWith("EHLO")) {
                say("250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE 100000000\r\n250 CHUNKING");
            } else if (line.equals("DATA")) {
                say("354 go on");
                flush();
                skipLines();
                take();
            } else if (line.startsWith("BDAT")) {
                String[] words = line.split(" ", -1);
                in.skipNBytes(Long.parseLong(words[1]));
                if (words.length > 2) {
                    take();
                } else {
                    say("250 ok");
                }
            } else {
                say("250 ok");
            }
        }

        private void take() throws IOException {
            taken.incrementAndGet();
            say("250 taken");
        }

        /** To the line with a dot alone. */
        private void skipLines() throws IOException {
            int state = 2; // how much of CR LF . CR LF was just read
            byte[] end = {'\r', '\n', '.', '\r', '\n'};
            while (state < end.length) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException();
                }
                state = b == end[state] ? state + 1 : b == '\r' ? 1 : 0;
            }
        }

        private String line() throws IOException {
            if (in.available() == 0) {
                flush();
            }
            var line = new StringBuilder();
            int b = in.read();
            while (b != '\n') {
                if (b < 0) {
                    throw new EOFException();
                }
                if (b != '\r') {
                    line.append((char) b);
                }
                b = in.read();
            }
            return line.toString().toUpperCase(Locale.ROOT);
        }

        private void say(String text) throws IOException {
            out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        }

        private void flush() throws IOException {
            try {
                if (delay > 0) {
                    Thread.sleep(delay);
                }
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
            out.flush();
        }
    }
}
