package dev.signalbox.testing.services;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate that signs itself, made by the JDK's keytool.
 *
 * @param store with the key
 * @param pem the file by which a client trusts it
 */
public record SelfSigned(Path store, Path pem) {
    private static final String PASSWORD = "changeit";

    /**
     * Makes one that is valid for two days.
     *
     * @param names such as {@code ip:127.0.0.1} or {@code dns:localhost}, with commas in between
     */
    public static SelfSigned forNames(Path folder, String file, String names) {
        return make(folder, file, names, "-validity", "2");
    }

    /** Makes one whose time was over eight days ago. */
    public static SelfSigned expired(Path folder, String file, String names) {
        return make(folder, file, names, "-startdate", "-10d", "-validity", "2");
    }

    private static SelfSigned make(Path folder, String file, String names, String... when) {
        var made = new SelfSigned(folder.resolve(file + ".p12"), folder.resolve(file + ".pem"));
        var arguments = new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-dname", "CN=" + file));
        arguments.addAll(List.of("-ext", "SAN=" + names, "-ext", "bc:c"));
        arguments.addAll(List.of(when));
        made.keytool(arguments);
        made.keytool(List.of("-exportcert", "-rfc", "-file", made.pem.toString()));
        return made;
    }

    private void keytool(List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-alias", "server", "-keystore", store.toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", PASSWORD));
        try {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new IllegalStateException("keytool ended with status " + status + ": " + command);
            }
        } catch (IOException e) {
            throw new IllegalStateException("keytool could not be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while keytool ran", e);
        }
    }

    /** Its private key in PEM form, beside the certificate. */
    public Path keyPem() {
        try {
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            byte[] key = keys.getKey("server", PASSWORD.toCharArray()).getEncoded();
            String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key);
            Path file = pem.resolveSibling(pem.getFileName() + ".key");
            return Files.writeString(file, "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the key just made cannot be read", e);
        }
    }

    /** With which a server shows it. */
    public SSLContext context() {
        try {
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray()), PASSWORD.toCharArray());
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the certificate just made cannot be read", e);
        }
    }
}
