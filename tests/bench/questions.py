"""What the benchmark asks: five languages, with and without places and filters."""

QUESTIONS = (
    "I need a German course in Haar with childcare",
    "Deutschkurs B1 abends in Unterschleißheim",
    "اريد كورس الماني في هار مع حضانة اطفال",
    "Де я можу знайти роботу в Гархінгу?",
    "کلاس آلمانی برای زنان در اتوبرون",
    "my child needs help with homework",
    "Wo kann ich Schwimmen lernen? Nur für Frauen",
    "I got a letter and I do not understand it",
    "عندي ديون ولا اعرف ماذا افعل",
    "Потрібна консультація щодо притулку в Мюнхені",
    "می‌خواهم فوتبال بازی کنم",
    "Ausbildung als Pfleger in Unterhaching",
)
