import os
import time
from pathlib import Path

from django.db import migrations


def go(apps, schema_editor):
    how = os.environ["LINLI_TEST_PLANTED"]
    if how == "fails":
        raise ValueError("this migration was made to fail")
    if how == "loses":
        schema_editor.execute("DROP TRIGGER ledger_position_no_delete" + (
            " ON ledger_position" if schema_editor.connection.vendor == "postgresql" else ""
        ))
        schema_editor.execute("DELETE FROM ledger_position WHERE number = 1")
    if how.startswith("/"):
        schema_editor.execute("UPDATE cases_case SET stage = 'nowhere'")
        Path(how).touch()
        time.sleep(60)


class Migration(migrations.Migration):
    dependencies = [("planted", "0001_first")]
    operations = [migrations.RunPython(go)]
