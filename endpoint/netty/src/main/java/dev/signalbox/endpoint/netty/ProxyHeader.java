package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy writes ahead of the client's bytes: the PROXY protocol, version 1 or 2, as HAProxy specifies it in
 * proxy-protocol.txt.
 *
 * @param client empty if the connection is the proxy's own, such as a health check
 */
record ProxyHeader(Optional<InetSocketAddress> client) {
    private static final byte[] SIGNATURE = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};
    private static final String TEXT_SIGNATURE = "PROXY ";
    private static final int MAX_TEXT = 107;
    private static final int FIXED = 16;
    /** Addresses take 36 bytes at most; the rest are extensions, which are passed over. */
    private static final int MAX_BINARY = 4 << 10;

    /** Version 2 and the command, LOCAL or PROXY. */
    private static final int OF_PROXY = 0x20;

    private static final int FORWARDED = 0x21;
    private static final int IPV4 = 0x1;
    private static final int IPV6 = 0x2;

    private static final ProxyHeader OWN = new ProxyHeader(Optional.empty());

    /**
     * Takes the header off the front of {@code in}; null, with nothing taken, if there is more to come.
     *
     * @throws IllegalArgumentException if it is not one
     */
    static @Nullable ProxyHeader read(ByteBuf in) {
        if (!in.isReadable()) {
            return null;
        }
        return in.getByte(in.readerIndex()) == SIGNATURE[0] ? binary(in) : text(in);
    }

    private static @Nullable ProxyHeader text(ByteBuf in) {
        int end = in.indexOf(in.readerIndex(), in.readerIndex() + Math.min(MAX_TEXT, in.readableBytes()), (byte) '\n');
        if (end < 0) {
            String begin = in.toString(
                    in.readerIndex(), Math.min(TEXT_SIGNATURE.length(), in.readableBytes()), StandardCharsets.US_ASCII);
            require(TEXT_SIGNATURE.startsWith(begin) && in.readableBytes() < MAX_TEXT, "it does not begin with PROXY");
            return null;
        }
        String line = in.readCharSequence(end - in.readerIndex() + 1, StandardCharsets.US_ASCII)
                .toString();
        require(line.endsWith("\r\n"), "its line does not end with CR LF");
        return text(line.strip().split(" ", -1));
    }

    private static ProxyHeader text(String[] words) {
        require(words.length > 1 && words[0].equals("PROXY"), "it does not begin with PROXY");
        return switch (words[1]) {
            case "UNKNOWN" -> OWN;
            case "TCP4", "TCP6" -> {
                require(words.length == 6, "its line does not have six words");
                yield new ProxyHeader(Optional.of(
                        new InetSocketAddress(InetAddress.ofLiteral(words[2]), Integer.parseInt(words[4]))));
            }
            default -> throw new IllegalArgumentException("it speaks of neither TCP4, TCP6 nor UNKNOWN");
        };
    }

    private static @Nullable ProxyHeader binary(ByteBuf in) {
        int at = in.readerIndex();
        for (int i = 0; i < Math.min(SIGNATURE.length, in.readableBytes()); i++) {
            require(in.getByte(at + i) == SIGNATURE[i], "its signature is wrong");
        }
        if (in.readableBytes() < FIXED) {
            return null;
        }
        int command = in.getUnsignedByte(at + 12);
        require(command == OF_PROXY || command == FORWARDED, "its version or command is unknown");
        int length = in.getUnsignedShort(at + 14);
        require(length <= MAX_BINARY, "it is longer than " + MAX_BINARY + " bytes");
        return in.readableBytes() < FIXED + length ? null : binary(in.readSlice(FIXED + length), length);
    }

    private static ProxyHeader binary(ByteBuf header, int length) {
        int command = header.getUnsignedByte(header.readerIndex() + 12);
        int family = header.getUnsignedByte(header.readerIndex() + 13) >> 4;
        header.skipBytes(FIXED);
        return switch (command == OF_PROXY ? 0 : family) {
            case IPV4 -> client(header, length, 4);
            case IPV6 -> client(header, length, 16);
            default -> OWN;
        };
    }

    private static ProxyHeader client(ByteBuf addresses, int length, int size) {
        require(length >= 2 * size + 2 * Short.BYTES, "its addresses are cut short");
        byte[] source = new byte[size];
        addresses.readBytes(source).skipBytes(size);
        try {
            return new ProxyHeader(Optional.of(
                    new InetSocketAddress(InetAddress.getByAddress(source), addresses.readUnsignedShort())));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException("the PROXY header is not valid: " + otherwise);
        }
    }
}
