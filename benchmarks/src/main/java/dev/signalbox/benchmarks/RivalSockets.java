package dev.signalbox.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How clients of all systems use their sockets: what they say is bytes, and what they read is looked through for a text. */
final class RivalSockets {
    private RivalSockets() {}

    /** Connects, and goes through the steps. */
    static SocketChannel dial(InetSocketAddress address, Iterable<RivalProtocol.Step> steps) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        for (RivalProtocol.Step step : steps) {
            write(channel, ByteBuffer.wrap(step.says()));
            readUntil(channel, step.until());
        }
        return channel;
    }

    static void write(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Until one of the texts has come. Returns all that was read, which may be more. */
    static String readUntil(SocketChannel channel, String... untils) throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(4 << 10);
        while (!hasAny(read, untils)) {
            if (channel.read(buffer) < 0) {
                throw ended(String.join(" or ", untils), read);
            }
            read.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** As {@link #dial}, on a connection that is there. */
    static void greet(InputStream in, OutputStream out, Iterable<RivalProtocol.Step> steps) throws IOException {
        byte[] buffer = new byte[4 << 10];
        for (RivalProtocol.Step step : steps) {
            out.write(step.says());
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            while (!hasAny(read, step.until())) {
                int count = in.read(buffer);
                if (count < 0) {
                    throw ended(step.until(), read);
                }
                read.write(buffer, 0, count);
            }
        }
    }

    private static boolean hasAny(ByteArrayOutputStream read, String... texts) {
        String text = read.toString(StandardCharsets.ISO_8859_1);
        return Arrays.stream(texts).anyMatch(text::contains);
    }

    private static IllegalStateException ended(String until, ByteArrayOutputStream read) {
        return new IllegalStateException("the server ended the connection before it said " + until + ": " + read);
    }

    static byte[] repeated(byte[] message, int times) {
        byte[] all = new byte[message.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(message, 0, all, i * message.length, message.length);
        }
        return all;
    }

    /** Of times in nanoseconds. */
    static long percentile(long[] times, double part) {
        long[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(part * (sorted.length - 1))];
    }
}
