// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowTest {

  private final Row row =
      Row.of("Id", 7, "name", "é", "score", 0.5f, "data", new byte[] {1}, "seen", true, "n", null);

  @Test
  void isMadeOfNamesAndValues() {
    assertThat(row.names()).containsExactly("Id", "name", "score", "data", "seen", "n");
    assertThat(row.getLong("ID")).isEqualTo(7);
    assertThat(row.getInt("id")).isEqualTo(7);
    assertThat(row.getDouble("id")).isEqualTo(7.0);
    assertThat(row.getString("name")).isEqualTo("é");
    assertThat(row.getBytes("name")).isEqualTo("é".getBytes(StandardCharsets.UTF_8));
    assertThat(row.getDouble("score")).isEqualTo(0.5);
    assertThat(row.getBytes("data")).containsExactly(1);
    assertThat(row.getBoolean("seen")).isTrue();
    assertThat(row.storageClass("seen")).isEqualTo(StorageClass.INTEGER);
    assertThat(row.indexOf("none")).isEqualTo(-1);
    assertThat(row).hasToString("{Id=7, name=é, score=0.5, data=x'01', seen=1, n=null}");
    assertThat(Row.of("nan", Double.NaN).isNull(0)).isTrue();
  }

  @Test
  void hasNoNumberForNull() {
    assertThat(row.isNull("n")).isTrue();
    assertThat(row.getString("n")).isNull();
    assertThat(row.getBytes("n")).isNull();
    assertThat(row.getByteBuffer("n")).isNull();
    assertThat(row.getObject("n")).isNull();
    assertThatThrownBy(() -> row.getLong("n"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("n is NULL, not INTEGER");
    assertThatThrownBy(() -> row.getInt("n")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getBoolean("n")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getDouble("n")).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void givesNoValueOfAnotherType() {
    assertThatThrownBy(() -> row.getLong("name")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getDouble("name")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getString("id")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getBytes("id")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> row.getLong(6)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Row.of("big", 1L << 31).getInt("big"))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("big is 2147483648");
    assertThat(Row.of("least", -1L << 31).getInt("least")).isEqualTo(Integer.MIN_VALUE);
  }

  @Test
  void isAMapAndOfAMap() {
    Map<String, @Nullable Object> map = row.toMap();
    assertThat(map.keySet()).containsExactlyElementsOf(row.names());
    assertThat(map).containsEntry("Id", 7L).containsEntry("seen", 1L).containsEntry("n", null);
    assertThat(Row.of(map)).isEqualTo(row).hasSameHashCodeAs(row);
    assertThatThrownBy(() -> map.remove("n")).isInstanceOf(UnsupportedOperationException.class);
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("b", "2");
    texts.put("a", "1");
    assertThat(Row.of(texts).names()).isEqualTo(List.of("b", "a"));
  }

  @Test
  void staysAsItWasMade() {
    byte[] bytes = {1, 2};
    Row made = Row.of("b", bytes);
    bytes[0] = 9;
    byte[] given = made.getBytes("b");
    if (given != null) {
      given[1] = 9;
    }
    assertThat(made.getBytes("b")).containsExactly(1, 2);
  }

  @Test
  void isNotMadeOfAnythingElse() {
    assertThatIllegalArgumentException().isThrownBy(() -> Row.of("a", 1, "b"));
    assertThatIllegalArgumentException().isThrownBy(() -> Row.of(1, "a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Row.of("a", new Object()))
        .withMessageContaining("java.lang.Object");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Row.of("a", 1, "A", 2))
        .withMessageContaining("twice");
  }
}
