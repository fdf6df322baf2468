package dev.signalbox.mail;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Puts TLS on a connection. Thread-safe. */
final class Tls {
    private final SSLSocketFactory factory;
    private final SmtpOptions options;

    /** @throws IllegalArgumentException if the CA file cannot be read or holds no certificate */
    Tls(SmtpOptions options) {
        this.options = options;
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, managers(options), null);
            factory = context.getSocketFactory();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("TLS to " + options.host() + " cannot be set up: " + e.getMessage(), e);
        }
    }

    /** Not yet shaken hands, so that it can be guarded before. */
    SSLSocket over(Socket plain, String host) throws IOException {
        var secure = (SSLSocket) factory.createSocket(plain, host, plain.getPort(), true);
        if (!options.insecure()) {
            var parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
        }
        return secure;
    }

    /** The JDK does not look at the dates of a certificate that is itself in the CA file. */
    void checkDates(SSLSocket secure) throws IOException {
        if (options.insecure()) {
            return;
        }
        try {
            for (var certificate : secure.getSession().getPeerCertificates()) {
                ((X509Certificate) certificate).checkValidity();
            }
        } catch (CertificateException e) {
            throw new SSLPeerUnverifiedException("the certificate is not valid today: " + e.getMessage());
        }
    }

    /** Null stands for the system's, as in {@link SSLContext#init}. */
    private static TrustManager @Nullable [] managers(SmtpOptions options)
            throws GeneralSecurityException, IOException {
        if (options.insecure()) {
            return new TrustManager[] {new Anyone()};
        }
        return options.caFile().isPresent() ? authorities(options.caFile().get()) : null;
    }

    private static TrustManager[] authorities(Path pem) throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = Files.newInputStream(pem)) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + store.size(), certificate);
            }
        }
        if (store.size() == 0) {
            throw new GeneralSecurityException(pem + " holds no certificate");
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    /** Believes anyone, because the operator asked for exactly that. */
    private static final class Anyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
