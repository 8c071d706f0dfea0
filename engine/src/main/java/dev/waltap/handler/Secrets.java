// SPDX-License-Identifier: Apache-2.0
package dev.waltap.handler;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Strings that nobody but their receiver may read: user, password, token and header values. Every
 * message goes through {@link #hide}, since servers and libraries repeat what they were given.
 * Immutable.
 */
public final class Secrets {

  /** Of which there are none. */
  public static final Secrets NONE = new Secrets(List.of());

  /** What is shorter says nothing, and would be found in every word. */
  private static final int SHORTEST = 3;

  private static final String INSTEAD = "***";

  private final List<String> values;

  private Secrets(List<String> values) {
    this.values = values;
  }

  /** These, and each of the words they consist of, as in {@code Bearer TOKEN}. */
  public static Secrets of(Collection<String> values) {
    return new Secrets(
        values.stream()
            .filter(value -> value.length() >= SHORTEST)
            .distinct()
            // The longest first: one may be a part of another.
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList());
  }

  /** These and others. */
  public Secrets and(Secrets others) {
    return of(Stream.concat(values.stream(), others.values.stream()).toList());
  }

  /** The text with asterisks in the place of each secret. */
  public String hide(String text) {
    String hidden = text;
    for (String value : values) {
      hidden = hidden.replace(value, INSTEAD);
    }
    return hidden;
  }
}
