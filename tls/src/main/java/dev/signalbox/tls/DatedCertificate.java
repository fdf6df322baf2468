package dev.signalbox.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Checks the dates of a server's own certificate, too. The JDK does not if that certificate is itself in the file of trusted
 * ones, because PKIX does not look at the dates of a trust anchor (RFC 5280, 6.1.1 d).
 */
final class DatedCertificate extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager rest;

    DatedCertificate(X509ExtendedTrustManager rest) {
        this.rest = rest;
    }

    private static void checkDates(X509Certificate[] chain) throws CertificateException {
        try {
            chain[0].checkValidity();
        } catch (CertificateException e) {
            throw new CertificateException("the server's certificate is not valid today: " + e.getMessage(), e);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        rest.checkServerTrusted(chain, type);
        checkDates(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        rest.checkServerTrusted(chain, type, socket);
        checkDates(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        rest.checkServerTrusted(chain, type, engine);
        checkDates(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        rest.checkClientTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        rest.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        rest.checkClientTrusted(chain, type, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return rest.getAcceptedIssuers();
    }
}
