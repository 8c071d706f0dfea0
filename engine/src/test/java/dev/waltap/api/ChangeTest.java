// SPDX-License-Identifier: Apache-2.0
package dev.waltap.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeTest {

  @Test
  void isMadeOfLittle() {
    Change change = Change.builder("users", Operation.INSERT).after(Row.of("id", 1)).build();
    assertThat(change.table()).isEqualTo("users");
    assertThat(change.operation()).isEqualTo(Operation.INSERT);
    assertThat(change.before()).isNull();
    assertThat(change.after()).isEqualTo(Row.of("id", 1));
    assertThat(change.position()).isEqualTo(new Position(1, 1, 0));
    assertThat(change.transaction()).isEqualTo(new Transaction("1:1", 0, true));
    assertThat(change.source()).isEqualTo(Source.NONE);
    assertThat(change).hasToString("1:1:0 users INSERT after {id=1}");
  }

  @Test
  void isMadeOfAll() {
    TableSchema schema = new TableSchema("users", "CREATE TABLE users(id)", List.of());
    Source source = new Source("app.db", "5f1c");
    Change change =
        Change.builder("users", Operation.UPDATE)
            .timestamp(Instant.ofEpochSecond(1))
            .before(Row.of("id", 1))
            .after(Row.of("id", 2))
            .key(Row.of("rowid", 3))
            .position(new Position(2, 204, 5))
            .last(false)
            .schemaBefore(schema)
            .schemaAfter(schema)
            .source(source)
            .build();
    Change same =
        new Change(
            "users",
            Instant.ofEpochSecond(1),
            Operation.UPDATE,
            Row.of("id", 1),
            Row.of("id", 2),
            Row.of("rowid", 3),
            new Position(2, 204, 5),
            new Transaction("2:204", 5, false),
            schema,
            schema,
            source);
    assertThat(change).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(change).isNotEqualTo(Change.builder("users", Operation.UPDATE).build());
  }

  /** Threads may be handed one in any way, and must see all that it was made of. */
  @ParameterizedTest
  @ValueSource(classes = {Change.class, TransactionContext.class})
  void keepsAllThatItIsGivenInFinalFields(Class<?> immutable) {
    List<String> canBeMadeAgain = List.of("madeKey", "numberedId");
    assertThat(immutable.getDeclaredFields())
        .filteredOn(field -> !field.isSynthetic() && !canBeMadeAgain.contains(field.getName()))
        .allMatch(field -> Modifier.isFinal(field.getModifiers()));
  }
}
