namespace AdvertiseX.Models;

/// <summary>The words that <see cref="ModelFile"/> reads; docs/models.md is written from this list.</summary>
internal static class ModelHeaderWords
{
    /// <summary>All, in the order in which a header has them.</summary>
    public static IReadOnlyList<ModelHeaderWord> All { get; } =
    [
        new(
            "grain",
            "column, column, …",
            "The columns whose values tell two rows apart. Of an additive model, what it sums by.",
            "-- grain: campaign_id, local_date, currency"
        ),
        new(
            "refresh",
            "temporary, additive, keyed or replace",
            "How the model follows its inputs. Without it the model is inline: not stored, its SELECT stands inside those that name it.",
            "-- refresh: replace"
        ),
        new(
            "keys",
            "column, column, …",
            "Columns of type long by which single rows are looked up: every file of the table gets these keys sorted in a file beside it.",
            "-- keys: user_key, click_key"
        ),
        new(
            "publish",
            "cells",
            "Log every published figure that a later run changes (`adx restatements`). For `refresh: replace`.",
            "-- publish: cells"
        ),
        new(
            "rows",
            "input; key column[; …]",
            "Of a keyed model: the input that has one or more rows of the model each, and the column that holds that row's `event_key`. The "
                + "SELECT reads those that are due as `due_INPUT`. What follows is as for `input`.",
            "-- rows: clicks; click_key; look-back 30 days"
        ),
        new(
            "groups",
            "key column[, event_date[, minute]]",
            "Of a keyed model without `rows`: the column that its rows, and those of the inputs tied to it, are grouped by; with `event_date`, a group "
                + "is a key's rows of one date, with `minute` of one minute (UTC) of `event_time`. The SELECT reads the rows of the groups that are due as `due_INPUT`, of every input that is tied. "
                + "Where a group's rows tell enough to go on from, it reads them as `kept_MODEL`, and what came since as `new_INPUT`; both are empty where everything is computed, the first also where "
                + "rows went from an input.",
            "-- groups: user_key, event_date"
        ),
        new(
            "chains",
            "key column; within N hours; screened by model",
            "Of a keyed model whose rows follow from events that share a key and lie within so many hours of each other, and which has rows for few "
                + "keys. The key is a long, made from a text in ingestion. The screen, a temporary model, lists those that may have some. The SELECT reads the "
                + "rows of the keys that are due, of every input that is tied by the key; `tied by a = other.b` leads from an input without it.",
            "-- chains: auction_key; within 1 hour; screened by auction_screen"
        ),
        new(
            "input",
            "name[; look-back N days][; columns a, b][; summed][; joined by column][; tied by column [= column] [and column] [within column or N days]]",
            "A table, set or model that the SELECT reads. `look-back`: how long before a computed row its rows matter. `columns`: the only ones "
                + "that the SELECT depends on. `summed`: of an additive model, one of the inputs that it sums row by row, each in a part of its own of a `union all`; "
                + "rows that leave are taken off again. `joined by`: of such a model, an input that it joins the summed rows with by a column of both; where it changes, "
                + "the rows of the keys concerned are summed again. `tied by`: a column of the rows and one of the input whose equal values make a row depend on it; `and`: with `user_key`, a "
                + "column of both that must be equal too, where both have a value; `within`: only "
                + "rows of so long before it, the longest time in that column of `campaigns` (microseconds), at least the days.",
            "-- input: impressions; look-back 30 days; tied by user_key and campaign_id within click_window_micros or 1 days; tied by impression_key = event_key"
        ),
        new(
            "column",
            "name type",
            "A column of the table, in order. Types: string, long, integer, boolean, double, date, timestamp, binary. A column `event_date` "
                + "partitions the table by it.",
            "-- column: campaign_id string"
        ),
        new(
            "check",
            "not_null(a, b), unique(a, b), none(condition) or sum(a) by b = number",
            "What must hold for the rows that a run computed; else it commits nothing.",
            "-- check: unique(campaign_id, local_date, currency)"
        ),
    ];

    /// <summary>Their names, for messages.</summary>
    internal static string Names => string.Join(", ", All.Select(word => word.Word));

    internal static ModelHeaderWord? Find(string word) => All.FirstOrDefault(each => each.Word == word);
}
