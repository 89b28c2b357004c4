using System.Globalization;
using AdvertiseX.DuckDb;

namespace AdvertiseX.Bench;

/// <summary>The duplicate check's question asked of DuckDB: which keys of a unit are not among those of the last seven
/// days. The keys are numbers, and nothing is confirmed by the text of an id, both of which favour it.</summary>
internal static class AntiJoinPeer
{
    private const int RowsOfUnit = 12_500;
    private const int Days = 7;
    private const int Runs = 5;

    public static void Run(string root, IReadOnlyList<long> stored)
    {
        Console.WriteLine("| keys of seven days | DuckDB: CPU ms a commit | MB read |");
        Console.WriteLine("|---|---|---|");
        foreach (var rows in stored)
        {
            var result = ChildResult.Of(
                "run-duckdb-anti-join",
                Path.Combine(root, $"anti-join-{rows}"),
                rows.ToString(CultureInfo.InvariantCulture)
            );
            Console.WriteLine($"| {rows:N0} | {result.StepCpu["query"] * 1e3:F0} | {result.Steps["read"] / 1e6:F0} |");
        }
    }

    /// <summary>The child.</summary>
    public static ChildResult RunOnce(string folder, long rows)
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder + ".new");
            for (var day = 0; day < Days; day++)
                connection.Execute(
                    $"COPY (SELECT hash(i)::UBIGINT AS event_key FROM range({day * rows / Days}, {(day + 1) * rows / Days}) t(i)) "
                        + $"TO '{folder}.new/{day}.parquet' (FORMAT parquet, COMPRESSION zstd)"
                );
            Directory.Move(folder + ".new", folder);
        }

        connection.Execute(
            $"CREATE TABLE unit AS SELECT hash(-i - 1)::UBIGINT AS event_key FROM range({RowsOfUnit}) t(i)"
        );
        var costs = new List<ProcessInput>();
        for (var run = 0; run <= Runs; run++)
        {
            var from = ProcessInput.Now;
            connection.Execute(
                $"CREATE OR REPLACE TABLE fresh AS SELECT * FROM unit ANTI JOIN read_parquet('{folder}/*.parquet') USING (event_key)"
            );
            costs.Add(ProcessInput.Now - from);
        }

        // The first one warms up.
        costs.RemoveAt(0);
        return new(0, 0, 0, 0)
        {
            StepCpu = new() { ["query"] = costs.Min(cost => cost.CpuSeconds) },
            Steps = new() { ["read"] = costs.Min(cost => (double)cost.Read) },
        };
    }
}
