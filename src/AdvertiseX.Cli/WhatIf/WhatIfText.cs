using System.Globalization;
using AdvertiseX.Cli.Reports;
using AdvertiseX.Cli.Text;
using AdvertiseX.Reports.WhatIf;

namespace AdvertiseX.Cli.WhatIf;

/// <summary>A comparison for people: today → under the other rules.</summary>
internal static class WhatIfText
{
    private const int NameLength = 28;

    public static void Print(WhatIfOptions options, WhatIfReport report, TextWriter output)
    {
        var heading = ReportScope.Heading(
            report.Dates,
            options.From,
            options.To,
            options.Net ? "net" : "gross",
            $"{options.Model.Replace('_', ' ')} by conversion date"
        );
        output.WriteLine($"{heading}; today → {string.Join(", ", Rules(options))}");
        output.WriteLine();
        var cells = report
            .Rows.Select(row => Cells(row.CampaignId is { } id ? Name(id, row.CampaignName) : Day(row.Day), row))
            .ToList();
        cells.AddRange(report.Totals.Select(total => Cells("total", total)));
        if (report.Totals.Count == 0)
        {
            output.WriteLine("no conversion has credit, neither today nor under the other rules");
            return;
        }

        var first = options.By switch
        {
            WhatIfGrain.Campaign => "campaign",
            WhatIfGrain.Day => "day",
            _ => "",
        };
        var table = new TextTable(
            first,
            "",
            "click-through",
            "view-through",
            "conversions",
            "diff.",
            "diff. %",
            "revenue",
            "diff.",
            "diff. %",
            "gained",
            "lost"
        )
        {
            LeftColumns = [1],
        };
        foreach (var row in cells)
            table.Add(row);
        table.Write(output);
        output.WriteLine();
        output.WriteLine(
            "gained and lost: conversions with credit in that row only under the other rules, or only today"
        );
    }

    private static IEnumerable<string> Rules(WhatIfOptions options)
    {
        if (options.ClickWindow is { } click)
            yield return click == TimeSpan.Zero ? "no click-through" : $"clicks earn for {Window(click)}";
        if (options.ViewWindow is { } view)
            yield return view == TimeSpan.Zero ? "no view-through" : $"views earn for {Window(view)}";
        if (options.MatchWindow is { } match)
            yield return match == TimeSpan.Zero
                ? "clicks link by impression id only"
                : $"clicks link within {Window(match)}";
    }

    private static string[] Cells(string name, WhatIfRow row) =>
        [
            name,
            ShownText.Of(row.Currency, 8),
            Change(row.Today.ClickMillionths, row.Other.ClickMillionths, Number),
            Change(row.Today.ViewMillionths, row.Other.ViewMillionths, Number),
            Change(row.Today.Millionths, row.Other.Millionths, Number),
            Difference(row.Today.Millionths, row.Other.Millionths, Number),
            Per(row.Today.Millionths, row.Other.Millionths),
            Change(row.Today.RevenueMicros, row.Other.RevenueMicros, Money),
            Difference(row.Today.RevenueMicros, row.Other.RevenueMicros, Money),
            Per(row.Today.RevenueMicros, row.Other.RevenueMicros),
            Amounts.Count(row.Gained),
            Amounts.Count(row.Lost),
        ];

    private static string Name(string id, string? name) =>
        name is null ? ShownText.Of(id, NameLength) : ShownText.Of($"{id} {name}", NameLength);

    private static string Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string Change(decimal today, decimal other, Func<decimal, string> format) =>
        today == other ? format(today) : $"{format(today)} → {format(other)}";

    private static string Difference(decimal today, decimal other, Func<decimal, string> format) =>
        today == other ? "" : (other > today ? "+" : "") + format(other - today);

    private static string Per(decimal today, decimal other) =>
        today == 0 || today == other
            ? ""
            : ((other - today) / Math.Abs(today)).ToString("+0.0 %;-0.0 %", CultureInfo.InvariantCulture);

    private static string Number(decimal millionths) =>
        (millionths / 1_000_000m).ToString("#,0.##", CultureInfo.InvariantCulture);

    private static string Money(decimal micros) => (micros / 1_000_000m).ToString("N2", CultureInfo.InvariantCulture);

    private static string Window(TimeSpan window) =>
        window switch
        {
            _ when window.Ticks % TimeSpan.TicksPerDay == 0 => string.Create(
                CultureInfo.InvariantCulture,
                $"{window.Days} d"
            ),
            _ when window.Ticks % TimeSpan.TicksPerHour == 0 => string.Create(
                CultureInfo.InvariantCulture,
                $"{(long)window.TotalHours} h"
            ),
            _ when window.Ticks % TimeSpan.TicksPerMinute == 0 => string.Create(
                CultureInfo.InvariantCulture,
                $"{(long)window.TotalMinutes} min"
            ),
            _ => string.Create(CultureInfo.InvariantCulture, $"{(long)window.TotalSeconds} s"),
        };
}
