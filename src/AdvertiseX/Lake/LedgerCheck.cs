using System.Globalization;
using AdvertiseX.DuckDb;
using AdvertiseX.Engines;
using AdvertiseX.Events;

namespace AdvertiseX.Lake;

/// <summary>Whether the ledger adds up in itself and beside the tables' own rows. Reads only files that are
/// whole.</summary>
internal sealed class LedgerCheck(
    DuckDbConnection connection,
    IReadOnlyDictionary<string, IReadOnlyList<string>> files,
    ICollection<VerifyProblem> problems
)
{
    private const string Ledger = IngestLedger.TableName;
    private const long MicrosPerDay = TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond;

    /// <summary>Runs every check and returns the ledger's rows and streams.</summary>
    public (long Rows, int Streams) Run()
    {
        if (!files.TryGetValue(Ledger, out var ledger) || ledger.Count == 0)
            return (0, 0);
        connection.Execute(
            $"CREATE OR REPLACE TEMP TABLE {Ledger} AS SELECT * FROM read_parquet({SqlDialect.DuckDb.List(ledger)}, union_by_name = true)"
        );
        CheckConservation();
        CheckPositions();
        foreach (var kind in Enum.GetValues<EventKind>())
            CheckRows(
                FactTables.Of(kind).Name,
                "accepted",
                $"kind = {SqlDialect.DuckDb.Text(FactTables.Of(kind).Name)}"
            );
        CheckRows(FactTables.Rejects.Name, "rejected", "true");
        var rows = Rows($"SELECT count(*), count(DISTINCT stream) FROM {Ledger}").Single();
        return (long.Parse(rows[0], CultureInfo.InvariantCulture), int.Parse(rows[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Event ids that stand twice in a table: a problem where time and payload are equal too, as such copies
    /// are always found, else a remark. Reads the ids of every row.</summary>
    public void RunDuplicates(TimeSpan lookback, ICollection<VerifyProblem> remarks)
    {
        var days = (int)Math.Ceiling(lookback.TotalDays);
        foreach (var kind in Enum.GetValues<EventKind>())
        {
            var table = FactTables.Of(kind).Name;
            if (!files.TryGetValue(table, out var paths) || paths.Count == 0)
                continue;
            var rows =
                $"read_parquet({SqlDialect.DuckDb.List(paths)}, union_by_name = true, hive_partitioning = false)";
            connection.Execute(
                $"CREATE OR REPLACE TEMP TABLE twice AS SELECT event_key, event_id FROM {rows} GROUP BY ALL HAVING count(*) > 1"
            );
            if (Rows("SELECT 1 FROM twice LIMIT 1").Count == 0)
                continue;
            connection.Execute(
                "CREATE OR REPLACE TEMP TABLE gaps AS WITH copies AS "
                    + $"(SELECT event_key, event_id, event_time, payload_hash, epoch_us(event_time) // {MicrosPerDay} AS day FROM {rows} SEMI JOIN twice USING (event_key, event_id)) "
                    + "SELECT event_key, event_id, day - lag(day) OVER (PARTITION BY event_key, event_id ORDER BY day) AS gap, "
                    + "count(*) OVER (PARTITION BY event_key, event_id, event_time, payload_hash) AS same FROM copies"
            );
            AddDuplicates(table, days, remarks);
        }
    }

    private void AddDuplicates(string table, int days, ICollection<VerifyProblem> remarks)
    {
        foreach (
            var row in Rows(
                "SELECT event_id, max(same) FROM gaps GROUP BY event_key, event_id HAVING max(same) > 1 ORDER BY ALL LIMIT 20"
            )
        )
        {
            problems.Add(
                new("duplicates", table, $"the event {row[0]} is there {row[1]} times, with one time and payload")
            );
        }
        Remark($"min(gap) > {days}", $"on dates more than the look-back of {days} days apart, which is allowed");
        Remark(
            $"min(gap) <= {days}",
            "at another time within the look-back, which is not looked for where key filters do not fit into ingest.key_filter_mib, or ingest looked back less far"
        );

        void Remark(string condition, string where)
        {
            var found = Rows(
                    "SELECT count(*), min(event_id) FROM (SELECT event_id FROM gaps GROUP BY event_key, event_id "
                        + $"HAVING max(same) = 1 AND {condition})"
                )
                .Single();
            if (found[0] != "0")
                remarks.Add(
                    new(
                        "duplicates",
                        table,
                        $"{found[0]} events are there again {where}; one is {found[1]}; models count the first row of each"
                    )
                );
        }
    }

    private void CheckConservation()
    {
        foreach (
            var row in Rows(
                $"SELECT batch_id, stream, kind, received, accepted, duplicate, rejected, filtered FROM {Ledger} "
                    + "WHERE received <> accepted + duplicate + rejected + filtered "
                    + "OR rejected <> coalesce(list_sum(map_values(CAST(CAST(reasons AS JSON) AS MAP(VARCHAR, BIGINT)))), 0) ORDER BY ALL"
            )
        )
        {
            problems.Add(
                new(
                    "conservation",
                    $"batch {row[0]}, stream {row[1]}, {row[2]}",
                    $"received {row[3]}, and accepted {row[4]} + duplicate {row[5]} + rejected {row[6]} + filtered {row[7]}, or the reasons, do not add up"
                )
            );
        }
    }

    private void CheckPositions()
    {
        foreach (
            var row in Rows(
                $"WITH batches AS (SELECT DISTINCT batch_id, stream, from_offset, next_offset FROM {Ledger}), "
                    + "followed AS (SELECT *, lag(next_offset) OVER (PARTITION BY stream ORDER BY from_offset, next_offset) AS before FROM batches) "
                    + "SELECT stream, batch_id, from_offset, before FROM followed WHERE from_offset <> before ORDER BY ALL"
            )
        )
        {
            problems.Add(
                new(
                    "positions",
                    $"stream {row[0]}, batch {row[1]}",
                    $"begins at {row[2]}, and the batch before it ended at {row[3]}"
                )
            );
        }
    }

    /// <summary>
    /// Rows per stream as the ledger counts them beside the rows that are there. Where a correction has touched a
    /// table, rows carry their first stream and only the sum is compared.
    /// </summary>
    private void CheckRows(string table, string column, string kind)
    {
        if (!files.TryGetValue(table, out var paths))
            return;
        var corrected = Rows($"SELECT 1 FROM {Ledger} WHERE {kind} AND correction IS NOT NULL LIMIT 1").Count > 0;
        var stream = corrected ? "'all streams'" : "stream";
        var there =
            paths.Count == 0
                ? "SELECT '' AS stream, 0 AS found WHERE false"
                : $"SELECT {stream} AS stream, count(*) AS found FROM read_parquet({SqlDialect.DuckDb.List(paths)}, union_by_name = true, hive_partitioning = false) GROUP BY 1";
        foreach (
            var row in Rows(
                $"WITH counted AS (SELECT {stream} AS stream, sum({column}) AS counted FROM {Ledger} WHERE {kind} GROUP BY 1), there AS ({there}) "
                    + "SELECT coalesce(counted.stream, there.stream), coalesce(counted, 0), coalesce(found, 0) FROM counted FULL JOIN there ON counted.stream = there.stream "
                    + "WHERE coalesce(counted, 0) <> coalesce(found, 0) ORDER BY ALL"
            )
        )
        {
            problems.Add(
                new(
                    "rows",
                    $"{table}, stream {row[0]}",
                    $"the ledger counts {row[1]} {column}, the table has {row[2]} rows in sound files"
                )
            );
        }
    }

    private List<string[]> Rows(string sql)
    {
        var found = new List<string[]>();
        using var statement = connection.Prepare($"SELECT COLUMNS(*)::VARCHAR FROM ({sql})");
        using var result = statement.Query();
        var rows = result.Rows();
        while (rows.Read())
            found.Add([
                .. Enumerable.Range(0, rows.Columns.Count).Select(column => rows.GetNullableString(column) ?? "null"),
            ]);
        return found;
    }
}
