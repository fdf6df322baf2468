package dev.signalbox.mail;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Signs messages for a domain (RFC 6376, relaxed/relaxed; RSA with SHA-256, or Ed25519 of RFC 8463). The public key stands in
 * the DNS at {@code selector._domainkey.domain}. The headers that unsubscribe are signed, too, without which providers
 * show no button.
 *
 * @param domain in ASCII
 * @param key RSA with at least 1,024 bits, or Ed25519; not shown by {@link #toString}
 */
public record Dkim(String domain, String selector, PrivateKey key) {
    private static final List<String> SIGNED = List.of(
            "From",
            "To",
            "Cc",
            "Reply-To",
            "Subject",
            "Date",
            "Message-ID",
            "In-Reply-To",
            "References",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
            "List-Unsubscribe",
            "List-Unsubscribe-Post",
            "List-Id");

    /** Named once more than they occur, so that nobody adds another one. */
    private static final Set<String> SEALED = Set.of("From", "To", "Cc", "Subject", "Date");

    private static final Pattern SELECTOR = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?");
    private static final int WORD = 70;

    public Dkim {
        domain = Idna.toAscii(domain);
        if (!SELECTOR.matcher(selector).matches()) {
            throw new IllegalArgumentException("DKIM selector '" + selector + "' is not a name of letters and digits");
        }
        algorithm(key);
    }

    /**
     * With a key from a file in PEM: {@code BEGIN PRIVATE KEY}, or {@code BEGIN RSA PRIVATE KEY}.
     *
     * @throws IllegalArgumentException if the file cannot be read or holds no such key
     */
    public static Dkim of(String domain, String selector, Path pem) {
        try {
            return of(domain, selector, Files.readString(pem, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new IllegalArgumentException("the DKIM key " + pem + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** With a key in PEM. */
    public static Dkim of(String domain, String selector, String pem) {
        return new Dkim(domain, selector, PemKey.read(pem));
    }

    private static String algorithm(PrivateKey key) {
        return switch (key.getAlgorithm()) {
            case "RSA" -> "rsa-sha256";
            case "EdDSA", "Ed25519" -> "ed25519-sha256";
            default -> throw new IllegalArgumentException("a DKIM key is RSA or Ed25519, not " + key.getAlgorithm());
        };
    }

    /**
     * The message's bytes with a signature by each of {@code signers}. What is not in memory is read once here and again when
     * it is sent; if it changed in between, sending fails, because the signature would be wrong.
     */
    static MailContent sign(MimeMessage message, List<Dkim> signers, Instant when) throws IOException {
        if (signers.isEmpty()) {
            return message.isSmall()
                    ? MailContent.of(message.bytes())
                    : new MailContent(OptionalLong.empty(), message::writeTo);
        }
        byte[] hash = RelaxedBody.hash(message.content().body());
        var signed = signed(message, signers, when, hash);
        if (message.isSmall()) {
            return MailContent.of(signed.bytes());
        }
        return new MailContent(OptionalLong.empty(), out -> writeUnchanged(signed, hash, out));
    }

    private static void writeUnchanged(MimeMessage signed, byte[] hash, OutputStream out) throws IOException {
        var again = new RelaxedBody();
        signed.writeHead(out);
        signed.content().body().writeTo(new Both(out, again));
        if (!Arrays.equals(hash, again.hash())) {
            throw new IOException("an attachment changed while the message was sent");
        }
    }

    private static MimeMessage signed(MimeMessage message, List<Dkim> signers, Instant when, byte[] bodyHash) {
        var signed = message;
        for (var signer : signers) {
            signed = signed.withFirst(signer.header(message.allHeaders(), bodyHash, when));
        }
        return signed;
    }

    private Header header(List<Header> headers, byte[] bodyHash, Instant when) {
        var names = new ArrayList<String>();
        var input = new StringBuilder();
        for (String name : SIGNED) {
            for (var header : headers.reversed()) {
                if (header.name().equalsIgnoreCase(name)) {
                    names.add(name);
                    input.append(relaxed(header)).append("\r\n");
                }
            }
            if (SEALED.contains(name)) {
                names.add(name);
            }
        }
        var unsigned = new Header("DKIM-Signature", tags(names, bodyHash, when));
        input.append(relaxed(unsigned));
        byte[] signature = sign(input.toString().getBytes(StandardCharsets.UTF_8));
        return new Header(
                "DKIM-Signature",
                unsigned.value() + " " + words(Base64.getEncoder().encodeToString(signature)));
    }

    private String tags(List<String> names, byte[] bodyHash, Instant when) {
        return "v=1; a=" + algorithm(key) + "; c=relaxed/relaxed; d=" + domain + "; s=" + selector + "; t="
                + when.getEpochSecond() + "; bh=" + Base64.getEncoder().encodeToString(bodyHash) + "; h="
                + String.join(": ", names) + "; b=";
    }

    private byte[] sign(byte[] input) {
        try {
            boolean rsa = key.getAlgorithm().equals("RSA");
            var signature = Signature.getInstance(rsa ? "SHA256withRSA" : "Ed25519");
            signature.initSign(key);
            signature.update(rsa ? input : MessageDigest.getInstance("SHA-256").digest(input));
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("signing for " + domain + " failed: " + e.getMessage(), e);
        }
    }

    /** RFC 6376, section 3.4.2. Our values are in one line already. */
    private static String relaxed(Header header) {
        return header.name().toLowerCase(Locale.ROOT) + ":"
                + header.value().replaceAll("[ \t]+", " ").strip();
    }

    private static String words(String base64) {
        return base64.replaceAll("(.{" + WORD + "})(?=.)", "$1 ");
    }

    @Override
    public String toString() {
        return "Dkim[" + selector + "._domainkey." + domain + "]";
    }

    /** Writes to both. */
    private static final class Both extends OutputStream {
        private final OutputStream one;
        private final OutputStream other;

        Both(OutputStream one, OutputStream other) {
            this.one = one;
            this.other = other;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            one.write(bytes, from, length);
            other.write(bytes, from, length);
        }
    }
}
