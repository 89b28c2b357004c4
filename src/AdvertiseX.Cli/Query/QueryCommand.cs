using System.CommandLine;
using AdvertiseX.Engines;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Query;

/// <summary><c>adx query</c>: any SQL that reads, over the lake's tables and nothing else.</summary>
internal static class QueryCommand
{
    public static Command Create(Terminal terminal)
    {
        var sql = new Argument<string?>("SQL")
        {
            Description = "One statement of DuckDB's SQL that reads; - reads it from standard input",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var file = SharedOptions.Named<string?>("--file", "Read the statement from a file", "FILE");
        var lake = SharedOptions.Lake(terminal);
        var format = SharedOptions.Named<string?>(
            "--format",
            "table, csv, json (one array of objects) or parquet; default: by the name of --output, else table",
            "FORMAT"
        );
        format.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, FormatChoice.Names);
        var json = SharedOptions.Json("The same as --format json");
        var output = SharedOptions.Named<string?>("--output", "Write to this file, over what is there", "FILE");
        var seconds = SharedOptions.Named<double?>(
            "--timeout",
            $"Give up after so many seconds ({new UserSqlOptions().TimeLimit!.Value.TotalSeconds})",
            "SECONDS"
        );
        var memory = SharedOptions.Named<int?>(
            "--memory",
            "Memory for the engine in MiB, instead of engine.memory_mib; what does not fit is spilled to disk, or ends the query",
            "MIB"
        );
        var command = new AdxCommand("query", "Run SQL over the facts and marts of a lake.")
        {
            Examples =
            [
                (
                    "adx query \"SELECT campaign_id, count(*) AS impressions FROM impressions GROUP BY ALL ORDER BY 2 DESC LIMIT 10\"",
                    "the ten largest campaigns, as a table"
                ),
                ("adx query --lake ./lake --format csv --output clicks.csv \"FROM clicks\"", "all clicks as CSV"),
                ("adx query --json \"SHOW TABLES\"", "what there is to ask"),
            ],
        }.With(sql, file, lake, format, json, output, seconds, memory);
        command.Runs(
            (parsed, settings, cancellation) =>
            {
                var text = TextOf(parsed.GetValue(sql), parsed.GetValue(file));
                var path = parsed.GetValue(output) is { } name ? Path.GetFullPath(name) : null;
                var chosen = FormatChoice.Of(parsed.GetValue(format), parsed.GetValue(json), path);
                if (chosen == ResultFormat.Parquet && path is null)
                    throw new UsageException("--format parquet needs --output FILE");
                if (parsed.GetValue(memory) is { } mebibytes)
                {
                    Usage.Allowed<DuckDbEngineOptions>(
                        "--memory",
                        mebibytes,
                        nameof(DuckDbEngineOptions.MemoryLimitMebibytes)
                    );
                    settings = settings with { Engine = settings.Engine with { MemoryLimitMebibytes = mebibytes } };
                }

                TimeSpan? limit = parsed.GetValue(seconds) is { } given
                    ? TimeSpan.FromSeconds(
                        Usage.Allowed<UserSqlOptions>("--timeout", given, nameof(UserSqlOptions.TimeLimit))
                    )
                    : null;
                var request = new QueryRequest(text, chosen, settings) { Output = path, TimeLimit = limit };
                return FreshRead.RunAsync(terminal, () => QueryRun.RunAsync(request, terminal, cancellation));
            }
        );
        return command;
    }

    private static string TextOf(string? sql, string? file)
    {
        if (file is null == sql is null)
            throw new UsageException("query needs a statement, either as an argument or by --file");
        if (file is not null)
            return File.ReadAllText(file);
        return sql == "-" ? Console.In.ReadToEnd() : sql!;
    }
}
