package dev.signalbox.tls;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which servers a client believes over TLS: those with a certificate of the system's authorities, those with one of a given
 * file, anyone, or nobody. Immutable and thread-safe.
 */
public final class Trust {
    private final Supplier<SSLContext> context;
    private final boolean verifies;

    private Trust(Supplier<SSLContext> context, boolean verifies) {
        this.context = context;
        this.verifies = verifies;
    }

    /** Made when it is first used: to read the JDK's authorities takes a tenth of a second. */
    private static final class SystemContext {
        static final SSLContext VALUE = context(null);

        static SSLContext get() {
            return VALUE;
        }
    }

    private static SSLContext context(TrustManager @Nullable [] managers) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no TLS", e);
        }
    }

    private static Trust of(TrustManager[] managers, boolean verifies) {
        var context = context(managers);
        return new Trust(() -> context, verifies);
    }

    /** Believes the authorities that the JDK trusts. */
    public static Trust system() {
        return new Trust(SystemContext::get, true);
    }

    /**
     * Believes the certificates in a file instead of the system's. The file is read now, and not again.
     *
     * @param pem one certificate or several, of authorities or of servers that sign their own, in PEM form
     * @throws IllegalArgumentException if the file cannot be read or holds no certificate
     */
    public static Trust inFile(Path pem) {
        try {
            return of(managers(authorities(pem)), true);
        } catch (IOException | GeneralSecurityException e) {
            String why = e instanceof NoSuchFileException ? "there is no such file" : e.toString();
            throw new IllegalArgumentException("'" + pem + "' cannot be read as certificates in PEM form: " + why, e);
        }
    }

    /** Believes anyone, because the operator asked for exactly that: no certificate and no host name is checked. */
    public static Trust anyone() {
        return of(new TrustManager[] {new AnyCertificate()}, false);
    }

    /** Believes nobody. For a client that never connects over TLS but has to name a context: the JDK's own takes long to make. */
    public static Trust nobody() {
        return of(new TrustManager[0], true);
    }

    /**
     * As a client is usually configured.
     *
     * @throws IllegalArgumentException as {@link #inFile}
     */
    public static Trust of(Optional<Path> pem, boolean insecure) {
        if (insecure) {
            return anyone();
        }
        return pem.map(Trust::inFile).orElseGet(Trust::system);
    }

    private static KeyStore authorities(Path pem) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(pem)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
        }
        if (store.size() == 0) {
            throw new IllegalArgumentException("'" + pem + "' holds no certificate in PEM form");
        }
        return store;
    }

    private static TrustManager[] managers(KeyStore authorities) throws GeneralSecurityException {
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        return Stream.of(factory.getTrustManagers())
                .map(each -> each instanceof X509ExtendedTrustManager x509 ? new DatedCertificate(x509) : each)
                .toArray(TrustManager[]::new);
    }

    /** Whether certificates and names are checked at all. */
    public boolean verifies() {
        return verifies;
    }

    /** For {@code java.net.http.HttpClient} and others that make their own connections; those check the host's name. */
    public SSLContext context() {
        return context.get();
    }

    /**
     * For libraries that make their own connections and do not check the host's name: what this context makes checks it by itself, if
     * certificates are checked at all.
     */
    public SSLContext nameCheckingContext() {
        return verifies ? NameCheckingContext.around(context()) : context();
    }

    /**
     * Puts TLS on a connection. The handshake is still to come, so that the caller can set a timeout before. Closing the
     * result closes {@code plain}.
     *
     * @param host the name or the address that the server's certificate must have; a name is sent to the server (SNI)
     */
    public SSLSocket over(Socket plain, String host, int port) throws IOException {
        var secure = (SSLSocket) context.get().getSocketFactory().createSocket(plain, host, port, true);
        if (verifies) {
            var parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        return secure;
    }
}
