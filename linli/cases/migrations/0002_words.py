from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE cases_words USING fts5(tokens, content='cases_searchtext', content_rowid='id')",
    "CREATE TRIGGER cases_words_added AFTER INSERT ON cases_searchtext "
    "BEGIN INSERT INTO cases_words (rowid, tokens) VALUES (NEW.id, NEW.tokens); END",
    "CREATE TRIGGER cases_words_removed AFTER DELETE ON cases_searchtext "
    "BEGIN INSERT INTO cases_words (cases_words, rowid, tokens) VALUES ('delete', OLD.id, OLD.tokens); END",
]
POSTGRES = ["CREATE INDEX cases_words ON cases_searchtext USING gin (to_tsvector('simple', tokens))"]
BACK = {
    "sqlite": ["DROP TRIGGER cases_words_added", "DROP TRIGGER cases_words_removed", "DROP TABLE cases_words"],
    "postgresql": ["DROP INDEX cases_words"],
}


def forwards(apps, schema_editor):
    for sql in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(sql)


def backwards(apps, schema_editor):
    for sql in BACK[schema_editor.connection.vendor]:
        schema_editor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
