// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import dev.waltap.api.GapPolicy;
import dev.waltap.api.GuardMode;
import dev.waltap.io.FileNames;
import dev.waltap.json.BlobFormat;
import dev.waltap.message.TypeMismatch;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Converts the values of options from what people write. */
final class OptionConverters {

  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,18})\\s*([A-Za-z]*)");

  /** As GNU tools have it: {@code k} and {@code KiB} are 1024, {@code kB} is 1000. */
  private static final Map<String, Long> SIZES =
      Map.ofEntries(
          Map.entry("", 1L),
          Map.entry("b", 1L),
          Map.entry("k", 1L << 10),
          Map.entry("kib", 1L << 10),
          Map.entry("kb", 1_000L),
          Map.entry("m", 1L << 20),
          Map.entry("mib", 1L << 20),
          Map.entry("mb", 1_000_000L),
          Map.entry("g", 1L << 30),
          Map.entry("gib", 1L << 30),
          Map.entry("gb", 1_000_000_000L),
          Map.entry("t", 1L << 40),
          Map.entry("tib", 1L << 40),
          Map.entry("tb", 1_000_000_000_000L));

  private static final Map<String, Long> MILLIS =
      Map.of("", 1_000L, "ms", 1L, "s", 1_000L, "m", 60_000L, "min", 60_000L, "h", 3_600_000L);

  private OptionConverters() {}

  /** Teaches a command line these values; after its subcommands were added. */
  static void register(CommandLine commandLine) {
    commandLine.registerConverter(GapPolicy.class, text -> word(GapPolicy.class, text));
    commandLine.registerConverter(GuardMode.class, text -> word(GuardMode.class, text));
    commandLine.registerConverter(BlobFormat.class, text -> word(BlobFormat.class, text));
    commandLine.registerConverter(TypeMismatch.class, text -> word(TypeMismatch.class, text));
    commandLine.registerConverter(EventFormat.class, text -> word(EventFormat.class, text));
    commandLine.registerConverter(StatusFormat.class, text -> word(StatusFormat.class, text));
    commandLine.registerConverter(LogFormat.class, text -> word(LogFormat.class, text));
    commandLine.registerConverter(LogLine.Level.class, text -> word(LogLine.Level.class, text));
    commandLine.registerConverter(InspectFormat.class, text -> word(InspectFormat.class, text));
    commandLine.registerConverter(Duration.class, OptionConverters::duration);
    commandLine.registerConverter(Path.class, OptionConverters::databasePath);
  }

  /** A size in bytes: {@code 256MiB}, {@code 64k}, {@code 1GB}, {@code 4096}. */
  static final class Size implements CommandLine.ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return number(text, SIZES, "is not a size: write bytes, or 64k, 256MiB, 1GB");
    }
  }

  /** A time: {@code 10s}, {@code 500ms}, {@code 2m}, or plain seconds. */
  static Duration duration(String text) {
    return Duration.ofMillis(number(text, MILLIS, "is not a time: write 500ms, 10s, 2m or 1h"));
  }

  private static long number(String text, Map<String, Long> units, String otherwise) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    Long unit = matcher.matches() ? units.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
    if (unit == null) {
      throw new TypeConversionException("'" + text + "' " + otherwise);
    }
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
    } catch (ArithmeticException e) {
      throw new TypeConversionException("'" + text + "' is too large");
    }
  }

  private static <E extends Enum<E>> E word(Class<E> type, String text) {
    for (E constant : type.getEnumConstants()) {
      if (word(constant).equalsIgnoreCase(text)) {
        return constant;
      }
    }
    String known =
        Arrays.stream(type.getEnumConstants())
            .map(OptionConverters::word)
            .collect(Collectors.joining(", "));
    throw new TypeConversionException("'" + text + "' is none of " + known);
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The path of a database or a state directory, which need not be text in this locale. */
  private static Path databasePath(String text) {
    try {
      return text.isEmpty() ? path(text) : FileNames.parse(text);
    } catch (InvalidPathException e) {
      return path(text);
    }
  }

  /** The path of a file that is opened by its name as text. */
  static Path path(String text) {
    if (text.isEmpty()) {
      throw new TypeConversionException("the name is empty");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "Java can't name the file '" + text + "' in this locale: set LC_ALL=C.UTF-8");
    }
  }
}
