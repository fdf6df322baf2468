package dev.signalbox.mail;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;

/**
 * A part of a message: what its headers say, and a body that is written as often as it is asked for, the same each time.
 *
 * @param size about how many octets the body has; empty if that is not known before it is read
 */
record MimePart(List<Header> headers, Body body, OptionalLong size) {
    private static final int PIECE = 48 * 1024;

    /** What one line of base64 holds. */
    private static final int BYTES_A_LINE = 57;

    private static final int LINE_END = 2;

    /** The hyphens and line ends of a part, without those of its headers. */
    private static final int AROUND_A_PART = 8;

    /** The colon, the space and the line end. */
    private static final int AROUND_A_HEADER = 4;

    /** Writes a body in lines that end with CRLF. */
    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    static MimePart text(String type, String text) {
        byte[] lines = TextEncoding.lines(text);
        var encoding = TextEncoding.of(lines);
        byte[] encoded = encoding.encode(lines);
        return new MimePart(
                List.of(
                        new Header("Content-Type", type + "; charset=UTF-8"),
                        new Header("Content-Transfer-Encoding", encoding.label())),
                out -> out.write(encoded),
                OptionalLong.of(encoded.length));
    }

    static MimePart attached(Attachment attachment) {
        return file(attachment, List.of(disposition("attachment", attachment)));
    }

    static MimePart inline(String contentId, Attachment image) {
        return file(image, List.of(disposition("inline", image), new Header("Content-ID", "<" + contentId + ">")));
    }

    private static Header disposition(String kind, Attachment file) {
        return new Header("Content-Disposition", kind + HeaderText.parameter("filename", file.name()));
    }

    private static MimePart file(Attachment file, List<Header> more) {
        var headers = new ArrayList<Header>();
        headers.add(new Header("Content-Type", file.type() + HeaderText.parameter("name", file.name())));
        headers.add(new Header("Content-Transfer-Encoding", "base64"));
        headers.addAll(more);
        return new MimePart(List.copyOf(headers), out -> base64(file, out), encoded(file.length()));
    }

    /** In base64. */
    private static OptionalLong encoded(OptionalLong length) {
        if (length.isEmpty()) {
            return length;
        }
        long bytes = length.getAsLong();
        return OptionalLong.of((bytes + 2) / 3 * 4 + (bytes / BYTES_A_LINE + 1) * LINE_END);
    }

    private static void base64(Attachment file, OutputStream out) throws IOException {
        // The encoder ends its last line only when it is closed, and then closes what is below.
        var open = new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                out.write(bytes, from, length);
            }

            @Override
            public void close() {}
        };
        try (InputStream in = file.content().open();
                OutputStream encoder = Base64.getMimeEncoder().wrap(open)) {
            byte[] piece = new byte[PIECE];
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                encoder.write(piece, 0, n);
            }
        }
        out.write('\r');
        out.write('\n');
    }

    /** Parts one after the other, or the one part alone. */
    static MimePart multipart(String subtype, String boundary, List<MimePart> parts) {
        if (parts.size() == 1) {
            return parts.getFirst();
        }
        var type = new Header("Content-Type", "multipart/" + subtype + "; boundary=\"" + boundary + "\"");
        return new MimePart(List.of(type), out -> write(parts, boundary, out), sum(parts, boundary));
    }

    private static OptionalLong sum(List<MimePart> parts, String boundary) {
        long sum = 0;
        for (var part : parts) {
            if (part.size().isEmpty()) {
                return part.size();
            }
            sum += part.size().getAsLong() + boundary.length() + AROUND_A_PART;
            for (var header : part.headers()) {
                sum += header.name().length() + header.value().length() + AROUND_A_HEADER;
            }
        }
        return OptionalLong.of(sum);
    }

    private static void write(List<MimePart> parts, String boundary, OutputStream out) throws IOException {
        for (var part : parts) {
            out.write(ascii("--" + boundary + "\r\n"));
            for (var header : part.headers()) {
                out.write(header.bytes());
            }
            out.write(ascii("\r\n"));
            part.body().writeTo(out);
            out.write(ascii("\r\n"));
        }
        out.write(ascii("--" + boundary + "--\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
