"""Words with which people ask and which say little about what they ask for; general knowledge of languages, none of pages."""

from __future__ import annotations

from functools import cache

from i18n.text import fold_latin, normalise

__all__ = ["asking_words"]

_ASKING = {
    "de": """
        wie was wo wer wen wem wann warum wieso weshalb wozu womit wofür woher wohin welche welcher welches welchen welchem
        kann kannst können könnte muss müssen soll sollte darf dürfen will möchte habe hat haben gibt es ist sind war wird
        werden ich mich mir mein meine meiner meinem meinen man sich wir uns sie ihr ihre du dein
        der die das den dem des ein eine einen einem einer eines in im an am auf für von vom mit zu zum zur bei beim nach aus
        über um und oder als ob wenn wird dass zwischen während durch
        finden finde bekommen bekomme erhalten erhalte machen mache tun versteht bedeutet art arten unterschied viele viel
        angeboten bietet bieten beinhaltet nähe möglichkeiten deutschland""",
    "en": """
        what where who whom whose when why which how can could may must should shall will would do does did is are was were be
        been have has had there i me my we our you your he she it they them their the a an in on at to for of from with by
        about as and or if between into during
        find get obtain receive make mean means kind kinds type types difference many much offered offer offers available
        provide provides possible near germany""",
    "fr": """
        que quoi qui où quand comment pourquoi combien quel quelle quels quelles lequel laquelle puis peut peux peuvent pouvons
        dois doit doivent faut est sont était être ai as a avons ont avoir je me moi mon ma mes nous notre vous votre il elle
        ils elles on se ce cette ces c qu d l s y t le la les un une des du de au aux en dans sur pour par avec chez et ou si
        entre
        trouver trouve obtenir recevoir faire fait signifie type types sorte sortes différence existe existent propose
        proposés disponible disponibles possible près allemagne""",
    "uk": """
        що хто де коли чому як скільки який яка яке які якого якої яких якому якій яким якими яку куди звідки навіщо чим кого
        кому чи можу можна може можуть можемо треба потрібно повинен повинна повинні слід маю має мають є було буде бути я
        мене мені мій моя моє мої ми нас ви вас ваш він вона вони їх це таке той та і й або в у на з із за до від для про
        під по при між якщо щоб
        знайти отримати отримую зробити робити означає вид види тип типи різниця існує існують багато пропонує
        пропонують пропонуються доступні доступна поблизу німеччині німеччина""",
    "ru": """
        что кто где когда почему как сколько какой какая какое какие какого какой каких каким какими какую куда откуда зачем
        чем кого кому ли могу можно может могут можем надо нужно должен должна должны следует есть был было будет быть я
        меня мне мой моя мое мои мы нас вы вас ваш он она они их это такое тот та и или в во на с со из за до от для о об
        под по при между если чтобы
        найти получить сделать делать означает вид виды тип типы разница существует существуют много предлагает
        предлагают предлагаются доступны доступна рядом германии германия""",
    "ar": """
        ما ماذا من أين متى كيف لماذا كم أي أية هل هي هو هم هذا هذه ذلك التي الذي الذين يمكن يمكنني يمكنك يمكنه أستطيع يجب
        علي عليه عليها ينبغي يتعين لدي لي أنا نحن أنت في على إلى عن مع بين من أو و أن إن إذا عند كان يكون تكون يتم به بها
        العثور الحصول أجد أحصل يعني المقصود نوع أنواع الفرق يوجد توجد هناك يقدم تقدم يقدمها تقدمها المتاحة المتوفرة
        الموجودة ألمانيا""",
}


@cache
def asking_words(language: str) -> frozenset[str]:
    """Normalised as the search normalises; empty for a language nobody has listed."""
    return frozenset(fold_latin(word) for word in normalise(_ASKING.get(language, "")).split())
