using AdvertiseX.Cli.Text;
using AdvertiseX.Engines;
using AdvertiseX.Reports;

namespace AdvertiseX.Cli.Query;

/// <summary>Runs a <see cref="QueryRequest"/>.</summary>
internal static class QueryRun
{
    public static async Task<int> RunAsync(QueryRequest request, Terminal terminal, CancellationToken cancellation)
    {
        using var lake = await request.Settings.OpenLakeAsync(terminal, cancellation);
        using var target = request.Output is null ? null : new ReplacedFile(request.Output);
        var options = new UserSqlOptions
        {
            OutputFile = request.Format == ResultFormat.Parquet ? target!.TemporaryPath : null,
            Limits = request.Settings.Engine,
        };
        if (request.TimeLimit is { } limit)
            options = options with { TimeLimit = limit };
        using var engine = new UserSql(LakeSets.Of(lake), options, terminal.Clock);
        var tables = engine.TablesOf(request.Sql);
        await StaleFigures.NoteAsync(
            terminal,
            "query",
            lake,
            request.Settings,
            lake.Tables.Select(table => table.Name)
                .Where(name => tables?.Contains(name) ?? SelectText.MayName(request.Sql, name)),
            cancellation
        );
        long rows;
        using (QueryWatch.Start(terminal, options, Discard, cancellation))
            rows = await Task.Run(() => Write(engine, request, target, terminal, cancellation), CancellationToken.None);
        target?.Complete();
        if (request.Output is not null && terminal.ErrorIsTerminal)
            terminal.Note($"{Amounts.Count(rows)} rows in {request.Output}");
        return ExitCode.Done;

        void Discard()
        {
            target?.Dispose();
            engine.DeleteSpilled();
        }
    }

    private static long Write(
        UserSql engine,
        QueryRequest request,
        ReplacedFile? target,
        Terminal terminal,
        CancellationToken cancellation
    )
    {
        if (request.Format == ResultFormat.Parquet)
            return engine.WriteParquet(request.Sql, cancellation);
        using var result = engine.Run(request.Sql, cancellation);
        using var file = target?.Create();
        var output = file ?? terminal.Output;
        if (request.Format == ResultFormat.Csv)
            return CsvResultWriter.Write(result, output);
        if (request.Format != ResultFormat.Json)
            return TableResultWriter.Write(result, output, TableFor(request, terminal)).Rows;
        var rows = JsonResultWriter.Write(result, output);
        output.Write("\n"u8);
        return rows;
    }

    // Only a person's window is narrow.
    private static TableOptions TableFor(QueryRequest request, Terminal terminal) =>
        new() { MaxColumnWidth = request.Output is null && terminal.OutputIsTerminal ? 60 : null };
}
