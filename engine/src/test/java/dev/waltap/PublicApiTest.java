// SPDX-License-Identifier: Apache-2.0
package dev.waltap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What others may compile against, line by line, is what {@code public-api.txt} lists. With {@code
 * -Dwaltap.api.write=true} this test writes that file instead of comparing with it.
 */
class PublicApiTest {
  private static final Path LISTING = Path.of("src/test/resources/dev/waltap/public-api.txt");
  private static final Path MODULE = Path.of("src/main/java/module-info.java");
  private static final Pattern EXPORTED = Pattern.compile("exports (\\S+);");
  private static final Pattern OURS = Pattern.compile("dev\\.waltap(\\.[a-z]+)*(?=\\.[A-Z])");
  private static final String WRITE =
      "mvn -q -B test -Pfast -pl wal-parser,engine -Dtest=PublicApiTest"
          + " -Dsurefire.failIfNoSpecifiedTests=false -Dwaltap.api.write=true";

  @Test
  void isAsListed() throws Exception {
    List<String> present = listing();
    if (Boolean.getBoolean("waltap.api.write")) {
      Files.createDirectories(LISTING.getParent());
      Files.write(LISTING, present);
    }
    List<String> listed = Files.readAllLines(LISTING);
    assertThat(without(listed, present))
        .as(
            "gone or changed, so that what was compiled against it breaks: keep it, deprecated if"
                + " need be. Before 1.0, where it must be: say so in CHANGELOG.md, then run %s",
            WRITE)
        .isEmpty();
    assertThat(without(present, listed))
        .as(
            "new, and to be kept from now on; a method of an interface that users implement needs"
                + " a default. If it is meant, run %s",
            WRITE)
        .isEmpty();
  }

  /** What is not exported can't be named by those who would have to. */
  @Test
  void isOfNothingInternal() throws Exception {
    List<String> packages = exported();
    assertThat(listing())
        .allSatisfy(
            line ->
                assertThat(packages)
                    .as(line)
                    .containsAll(OURS.matcher(line).results().map(MatchResult::group).toList()));
  }

  private static List<String> without(List<String> lines, List<String> others) {
    return lines.stream().filter(line -> !others.contains(line)).toList();
  }

  private static List<String> listing() throws Exception {
    List<String> lines = new ArrayList<>();
    for (String name : exported()) {
      for (Class<?> type : publicTypes(name)) {
        lines.add(describe(type));
        members(type).forEach(member -> lines.add("  " + member));
      }
    }
    return lines;
  }

  private static List<String> exported() throws IOException {
    List<String> packages =
        EXPORTED
            .matcher(Files.readString(MODULE))
            .results()
            .map((MatchResult found) -> found.group(1))
            .toList();
    assertThat(packages).contains("dev.waltap", "dev.waltap.api");
    return packages;
  }

  private static List<Class<?>> publicTypes(String packageName)
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path classes =
        Path.of(Waltap.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> types = new ArrayList<>();
    try (Stream<Path> files = Files.list(classes.resolve(packageName.replace('.', '/')))) {
      for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
        String name = file.getFileName().toString().replaceFirst("\\.class$", "");
        Class<?> type = Class.forName(packageName + "." + name);
        if (isPublic(type)) {
          types.add(type);
        }
      }
    }
    types.sort(Comparator.comparing(Class::getName));
    return types;
  }

  private static boolean isPublic(Class<?> type) {
    Class<?> outer = type.getEnclosingClass();
    boolean named = !type.isAnonymousClass() && !type.isLocalClass();
    return named
        && isOpen(type.getModifiers())
        && !type.getSimpleName().equals("package-info")
        && (outer == null || isPublic(outer));
  }

  private static boolean isOpen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String describe(Class<?> type) {
    String kind =
        type.isEnum() ? "enum" : type.isRecord() ? "record" : type.isInterface() ? "interface" : "";
    String open =
        !kind.isEmpty()
            ? kind
            : Modifier.toString(type.getModifiers() & ~Modifier.STATIC) + " class";
    String above =
        Stream.concat(
                Stream.ofNullable(type.getGenericSuperclass()),
                Stream.of(type.getGenericInterfaces()))
            .map(Type::getTypeName)
            .collect(Collectors.joining(", "));
    return open + " " + type.getName() + (above.isEmpty() ? "" : " of " + above);
  }

  private static List<String> members(Class<?> type) {
    List<AccessibleObject> all = new ArrayList<>();
    all.addAll(List.of(type.getDeclaredFields()));
    all.addAll(List.of(type.getDeclaredConstructors()));
    all.addAll(List.of(type.getDeclaredMethods()));
    return all.stream()
        .filter(member -> isOpen(((Member) member).getModifiers()))
        .filter(member -> !((Member) member).isSynthetic())
        .map(
            member ->
                member instanceof Field field
                    ? field.toGenericString()
                    : ((Executable) member).toGenericString())
        .sorted()
        .toList();
  }
}
