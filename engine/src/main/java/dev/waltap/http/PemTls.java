// SPDX-License-Identifier: Apache-2.0
package dev.waltap.http;

import dev.waltap.io.FileNames;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * TLS with an authority and a client certificate from PEM files, as curl takes them. Keys may be
 * PKCS#8, or as OpenSSL wrote RSA and EC keys before; no message repeats one.
 */
public final class PemTls {

  private static final Pattern CERTIFICATE = block("CERTIFICATE");
  private static final Pattern KEY = block("(?:(?:RSA|EC) )?PRIVATE KEY");

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  private PemTls() {}

  private static Pattern block(String name) {
    return Pattern.compile("-----BEGIN (" + name + ")-----([^-]*)-----END \\1-----");
  }

  /**
   * Reads the files.
   *
   * @param authorities certificates to trust instead of the Java installation's; null for those
   * @param certificate who we are, with what leads to its authority; null for nobody
   * @param key its private key; null if it is in the certificate's file
   * @throws IOException if a file can't be read or used; the message says why
   */
  public static SSLContext context(
      @Nullable Path authorities, @Nullable Path certificate, @Nullable Path key)
      throws IOException {
    try {
      TrustManager @Nullable [] trust = authorities == null ? null : trust(authorities);
      KeyManager @Nullable [] keys =
          certificate == null ? null : keys(certificate, key == null ? certificate : key);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("TLS can't be set up: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trust(Path authorities)
      throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int count = 0;
    for (Certificate certificate : certificates(authorities)) {
      store.setCertificateEntry("ca" + count++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static KeyManager[] keys(Path certificate, Path key)
      throws IOException, GeneralSecurityException {
    List<Certificate> chain = certificates(certificate);
    PublicKey owner = chain.get(0).getPublicKey();
    PrivateKey secret = key(key, owner);
    if (!belongTogether(secret, owner)) {
      throw new IOException(
          "the key in "
              + FileNames.text(key)
              + " is not that of the first certificate in "
              + FileNames.text(certificate));
    }
    KeyStore store = emptyStore();
    store.setKeyEntry("client", secret, new char[0], chain.toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no file " + FileNames.text(file), e);
    } catch (IOException e) {
      throw new IOException("can't read " + FileNames.text(file) + ": " + e.getMessage(), e);
    }
  }

  private static List<Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    List<Certificate> certificates = new ArrayList<>();
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    Matcher blocks = CERTIFICATE.matcher(text(file));
    while (blocks.find()) {
      try {
        byte[] der = Base64.getMimeDecoder().decode(blocks.group(2));
        certificates.add(factory.generateCertificate(new ByteArrayInputStream(der)));
      } catch (IllegalArgumentException | GeneralSecurityException e) {
        throw new IOException("a certificate in " + FileNames.text(file) + " is damaged", e);
      }
    }
    if (certificates.isEmpty()) {
      throw new IOException(
          FileNames.text(file) + " holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
    }
    return certificates;
  }

  private static PrivateKey key(Path file, PublicKey owner) throws IOException {
    String text = text(file);
    if (text.contains("ENCRYPTED")) {
      throw new IOException(
          "the key in "
              + FileNames.text(file)
              + " is encrypted: decrypt it with 'openssl pkey -in FILE -out KEY'");
    }
    Matcher block = KEY.matcher(text);
    if (!block.find()) {
      throw new IOException(
          FileNames.text(file) + " holds no private key in PEM (-----BEGIN PRIVATE KEY-----)");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(block.group(2));
      byte[] pkcs8 = block.group(1).equals("PRIVATE KEY") ? der : pkcs8(der, owner);
      return KeyFactory.getInstance(owner.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      // Without the cause, which may hold a part of it.
      throw new IOException(
          "the key in "
              + FileNames.text(file)
              + " is damaged, or of another kind than the certificate's");
    }
  }

  /** Puts a key into the envelope that names its algorithm, which its certificate names, too. */
  private static byte[] pkcs8(byte[] key, PublicKey owner) {
    byte[] info = owner.getEncoded();
    int start = content(info, 0);
    int length = content(info, start) - start + length(info, start);
    byte[] algorithm = Arrays.copyOfRange(info, start, start + length);
    return element(SEQUENCE, VERSION_0, algorithm, element(OCTETS, key));
  }

  /** Where the content of the DER element at this place begins. */
  private static int content(byte[] der, int at) {
    int first = der[at + 1] & 0xFF;
    return at + 2 + (first < 0x80 ? 0 : first - 0x80);
  }

  private static int length(byte[] der, int at) {
    int length = der[at + 1] & 0xFF;
    if (length < 0x80) {
      return length;
    }
    int value = 0;
    for (int i = at + 2; i < content(der, at); i++) {
      value = value << 8 | (der[i] & 0xFF);
    }
    return value;
  }

  private static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      // Two bytes do: a key is far from 64 KiB.
      out.write(0x82);
      out.write(length >> 8);
      out.write(length);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static boolean belongTogether(PrivateKey key, PublicKey owner)
      throws GeneralSecurityException {
    String algorithm =
        switch (owner.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> owner.getAlgorithm();
        };
    byte[] sample = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(sample);
    byte[] signed = signature.sign();
    signature.initVerify(owner);
    signature.update(sample);
    return signature.verify(signed);
  }
}
