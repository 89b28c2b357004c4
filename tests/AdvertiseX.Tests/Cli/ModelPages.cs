using System.Text;
using AdvertiseX.Events;
using AdvertiseX.Models;
using AdvertiseX.Reference;

namespace AdvertiseX.Tests.Cli;

/// <summary>What docs/models.md says of the shipped models, drawn from their headers.</summary>
internal static class ModelPages
{
    /// <summary>Facts and stored models as a mermaid graph; descriptions, which almost every model reads, are left
    /// out.</summary>
    public static string Graph()
    {
        var catalog = ModelCatalog.Shipped;
        var text = new StringBuilder("```mermaid\nflowchart LR\n");
        var described = ReferenceTables.All.Select(table => table.Name).ToHashSet(StringComparer.Ordinal);
        var edges = catalog
            .Ordered.SelectMany(model =>
                catalog
                    .TablesOf(model)
                    .Where(table => !described.Contains(table))
                    .Order(StringComparer.Ordinal)
                    .Select(table => (table, model.Name))
            )
            .ToList();
        foreach (var fact in FactTables.All.Where(fact => edges.Exists(edge => edge.table == fact.Name)))
            text.Append($"  {fact.Name}[({fact.Name})]\n");
        foreach (var model in catalog.Ordered)
            text.Append($"  {model.Name}[\"{model.Name}<br/><i>{RefreshOf(model)}</i>\"]\n");
        foreach (var (table, model) in edges)
            text.Append($"  {table} --> {model}\n");
        return text.Append("```\n").ToString();
    }

    /// <summary>The words that a header may have.</summary>
    public static string Words()
    {
        var text = new StringBuilder("| word | form | meaning | example |\n|---|---|---|---|\n");
        foreach (var word in ModelHeaderWords.All)
            text.Append($"| `{word.Word}` | `{word.Form}` | {word.Meaning} | `{word.Example}` |\n");
        return text.ToString();
    }

    /// <summary>Every stored model with what its header declares, then the staging models.</summary>
    public static string Models()
    {
        var text = new StringBuilder();
        foreach (var model in ModelCatalog.Shipped.Ordered)
            Append(text, model);
        text.Append(
            "### Staging\n\nNot stored: inline models stand inside those that read them, temporary ones are evaluated before.\n\n| model | kind | reads | what |\n|---|---|---|---|\n"
        );
        foreach (var model in ModelCatalog.Shipped.All.Where(model => !model.IsStored))
            text.Append(
                $"| `{model.Name}` | {RefreshOf(model)} | {Names(model.Inputs.Select(input => input.Name))} | {model.Description} |\n"
            );
        return text.ToString();
    }

    private static void Append(StringBuilder text, Model model)
    {
        text.Append($"### {model.Name}\n\n{model.Description}\n\n");
        text.Append(
            $"- grain: {Names(model.Grain)}\n- refresh: {RefreshOf(model)}{(model.PublishesCells ? "; its restatements are logged" : "")}\n"
        );
        text.Append(
            $"- reads: {Names(model.Inputs.Where(input => !Model.IsOfRun(input.Name)).Select(input => input.Name))}\n"
        );
        if (model.RowKey is { } key)
            text.Append(
                $"- computed for: {(model.Rows is { } rows ? $"each row of `{rows.Name}`, its key in `{key}`" : $"each `{key}`{SpanOf(model.GroupSpan)}")}\n"
            );
        var others = model
            .Columns.Where(column => !model.Grain.Contains(column.Name))
            .Select(column => column.Name)
            .ToList();
        text.Append(
            $"- {others.Count} columns besides: {Names(others)}\n- checks: {string.Join(", ", model.Checks.Select(check => $"`{check.Text}`"))}\n\n"
        );
    }

    private static string SpanOf(ModelGroupSpan span) =>
        span switch
        {
            ModelGroupSpan.Date => " and date",
            ModelGroupSpan.Minute => " and minute",
            _ => "",
        };

    private static string RefreshOf(Model model) => model.Refresh.ToString().ToLowerInvariant();

    private static string Names(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));
}
